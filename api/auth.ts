import type { Request, RequestHandler, Response } from 'express';
import { appError } from '../src/errors/app-error.js';
import { hasRight } from '../src/token/principal.js';
import type { TokenService } from '../src/token/token-service.js';
import { locals, setLocals } from './locals.js';
import type { Route } from './route.js';

/** Finds out who asks, by `Authorization: Bearer <token>`; on `browserPaths` also by HTTP Basic with the token as password. */
export function authenticate(tokens: TokenService, browserPath: (path: string) => boolean): RequestHandler {
  return async (req, res, next) => {
    const browser = (req.method === 'GET' || req.method === 'HEAD') && browserPath(req.path);
    const text = tokenText(req.get('authorization'), browser);
    if (text === null)
      refuse(res, { browser, message: 'no token was sent: send `Authorization: Bearer <token>`' });
    const found = await tokens.authenticate(text);
    if ('principal' in found) {
      setLocals(res, { principal: found.principal, tokenText: text });
      return next();
    }
    if (found.refused === 'expired')
      refuse(res, {
        browser,
        message: `the token expired at ${found.expiredAt.toISOString()}: ask for a new one`,
      });
    const message =
      found.refused === 'garbled'
        ? 'the token is garbled: a token is trc_ and 43 letters, digits, - or _'
        : 'the token is unknown or revoked: ask for a new one';
    refuse(res, { browser, message });
  };
}

function tokenText(header: string | undefined, browser: boolean): string | null {
  const bearer = /^Bearer +(\S+) *$/i.exec(header ?? '');
  if (bearer !== null) return bearer[1] ?? '';
  const basic = browser ? /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(header ?? '') : null;
  if (basic !== null)
    return Buffer.from(basic[1] ?? '', 'base64')
      .toString('utf8')
      .replace(/^[^:]*:/, '');
  return header === undefined || header === '' || browser ? null : '';
}

function refuse(res: Response, props: { readonly browser: boolean; readonly message: string }): never {
  res.set(
    'WWW-Authenticate',
    props.browser ? 'Basic realm="terrace", charset="UTF-8"' : 'Bearer realm="terrace"',
  );
  throw appError('unauthenticated', props.message);
}

/** Refuses a token whose role lacks the right of the route. */
export function authorize(route: Route, req: Request, res: Response): void {
  if (route.right === 'open') return;
  const { principal } = locals(res);
  if (principal === undefined)
    throw appError('unauthenticated', 'no token was sent: send `Authorization: Bearer <token>`');
  const call = `${req.method} ${route.path}`;
  if (!hasRight(principal, route.right))
    throw appError('forbidden', `the role ${principal.role} lacks the right ${route.right} for ${call}`);
  if (route.platform === true && principal.tenantId !== null)
    throw appError('forbidden', `${call} needs a token that is bound to no tenant`);
}
