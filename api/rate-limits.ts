import { rateLimit } from 'express-rate-limit';
import type { Request, RequestHandler, Response } from 'express';
import { appError } from '../src/errors/app-error.js';
import type { Principal } from '../src/token/principal.js';
import { locals } from './locals.js';

/** Requests a minute; 0 = as many as they like. */
export interface RateLimits {
  readonly perPrincipal: number;
  readonly perTenant: number;
}

const windowMs = 60_000;

/**
 * Refuses the caller, or a tenant's callers together, who asked too often within a minute: `rate_limited`, with `Retry-After`. Every
 * answer tells what is left in `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-08). Counted in the
 * memory of this process: with n processes behind one address, up to n times as many pass.
 */
export function rateLimits(limits: RateLimits | undefined): RequestHandler[] {
  if (limits === undefined) return [];
  return [
    ...limiter('principal', limits.perPrincipal, ({ tokenId }) => tokenId),
    ...limiter('tenant', limits.perTenant, ({ tenantId }) => tenantId ?? ''),
  ];
}

function limiter(
  identifier: 'principal' | 'tenant',
  limit: number,
  keyOf: (principal: Principal) => string,
): RequestHandler[] {
  if (limit === 0) return [];
  const key = (res: Response) => {
    const { principal } = locals(res);
    return principal === undefined ? '' : keyOf(principal);
  };
  return [
    rateLimit({
      windowMs,
      limit,
      identifier,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      skip: (_req, res) => key(res) === '',
      keyGenerator: (_req, res) => key(res),
      handler: (_req: Request, res, next) => {
        const whose = identifier === 'principal' ? 'this caller' : 'all callers of this tenant together';
        const wait = `ask again in ${String(res.getHeader('Retry-After'))} seconds`;
        next(appError('rate_limited', `more than ${limit} requests a minute by ${whose}: ${wait}`));
      },
    }),
  ];
}
