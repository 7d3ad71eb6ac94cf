import { appError } from '../src/errors/app-error.js';
import type { RequestContext } from '../src/token/principal.js';

/** The tenant a new thing is for: the one named, else the one the token is bound to. Throws `invalid_request` when there is neither. */
export function tenantFor({ principal }: RequestContext, named: string | undefined): string {
  const tenantId = named ?? principal.tenantId;
  if (tenantId !== null) return tenantId;
  const message = 'is required: this token is bound to no tenant';
  throw appError('invalid_request', `tenant_id: ${message}`, { errors: [{ path: 'tenant_id', message }] });
}

/** Whether a list asks for another tenant than the token's own: it is empty then. */
export function seesNothing({ principal }: RequestContext, tenantId: string | undefined): boolean {
  return tenantId !== undefined && principal.tenantId !== null && tenantId !== principal.tenantId;
}
