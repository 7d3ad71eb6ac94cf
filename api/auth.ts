import type { Request, RequestHandler, Response } from 'express';
import { AppError, appError } from '../src/errors/app-error.js';
import { hasRight, type Principal } from '../src/token/principal.js';
import { rightsOfRole, type Right } from '../src/access/rights.js';
import type { SignIn } from '../src/access/sign-in-service.js';
import { locals, setLocals } from './locals.js';
import type { Route } from './route.js';

/**
 * Finds out who asks, by `Authorization: Bearer <token>`; on `browserPaths` also by HTTP Basic with the token as password.
 * `Terrace-Tenant` names the tenant to act in, for callers with roles in several.
 */
export function authenticate(signIn: SignIn, browserPath: (path: string) => boolean): RequestHandler {
  return async (req, res, next) => {
    const browser = (req.method === 'GET' || req.method === 'HEAD') && browserPath(req.path);
    const text = tokenText(req.get('authorization'), browser);
    try {
      if (text === null) throw appError('unauthenticated', noTokenText);
      const tenantId = req.get('terrace-tenant')?.slice(0, 64);
      const { principal, sealText } = await signIn.authenticate(text, tenantId);
      const signInAgain = async () => (await signIn.authenticate(text, tenantId)).principal;
      setLocals(res, { principal, sealText, signInAgain });
    } catch (fault) {
      if (fault instanceof AppError && fault.code === 'unauthenticated')
        res.set(
          'WWW-Authenticate',
          browser ? 'Basic realm="terrace", charset="UTF-8"' : 'Bearer realm="terrace"',
        );
      throw fault;
    }
    next();
  };
}

const noTokenText = 'no token was sent: send `Authorization: Bearer <token>`';

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

/** Refuses a token whose role lacks the right of the route. */
export function authorize(route: Route, req: Request, res: Response): void {
  if (route.right === 'open') return;
  const { principal } = locals(res);
  if (principal === undefined) throw appError('unauthenticated', noTokenText);
  const call = `${req.method} ${route.path}`;
  if (!hasRight(principal, route.right)) throw appError('forbidden', lacks(principal, route.right, call));
  if (route.platform === true && principal.tenantId !== null)
    throw appError('forbidden', `${call} needs a token that is bound to no tenant`);
}

/** Whether the caller of a lasting answer is still let in, as the same in the same tenant. A fault of ours does not throw it out. */
export async function stillAllowed(route: Route, req: Request, res: Response): Promise<boolean> {
  const { principal: before, signInAgain } = locals(res);
  if (before === undefined || signInAgain === undefined) return true;
  try {
    const principal = await signInAgain();
    setLocals(res, { principal });
    authorize(route, req, res);
    return principal.tenantId === before.tenantId;
  } catch (fault) {
    return !(fault instanceof AppError) || fault.status >= 500;
  }
}

function lacks(principal: Principal, right: Right, call: string): string {
  const scoped = rightsOfRole[principal.role].includes(right);
  return scoped
    ? `the token is limited to ${principal.rights.join(', ')}: it lacks the right ${right} for ${call}`
    : `the role ${principal.role} lacks the right ${right} for ${call}`;
}
