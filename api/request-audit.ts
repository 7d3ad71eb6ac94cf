/**
 * The one place that decides what of a request the audit log keeps: every call that is no reading, with what was before
 * and after; readings that are declared so; every 401, 403, 409, 422 and 429; and every other refusal of a change.
 */
import type { Request, Response } from 'express';
import { difference, maskText, maskValue } from '../src/audit/audit-mask.js';
import type { Auditor, AuditOutcome, AuditSubject } from '../src/audit/auditor.js';
import { createRefusalGate } from '../src/audit/refusal-gate.js';
import { toAppError, type AppError } from '../src/errors/app-error.js';
import { Redactor } from '../src/log/redactor.js';
import type { RequestContext } from '../src/token/principal.js';
import { locals, setLocals } from './locals.js';
import { matchRoute, targetIn, viewerOf } from './route-views.js';
import type { Answer, Route } from './route.js';

export interface RequestAudit {
  /** Does the work of a route that changes something, with an intent before and the outcome after. */
  change(call: ChangeCall, work: () => Promise<Answer<unknown>>): Promise<Answer<unknown>>;
  /** Keeps a refusal that no `change` has told of. */
  refusal(error: AppError, req: Request, res: Response): Promise<void>;
}

export interface ChangeCall {
  readonly route: Route;
  readonly params: unknown;
  readonly ctx: RequestContext;
  readonly req: Request;
  readonly res: Response;
}

export function changesSomething({ method }: { readonly method: string }): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase());
}

export function createRequestAudit(auditor: Auditor, routes: readonly Route[]): RequestAudit {
  const gate = createRefusalGate<{ subject: AuditSubject; outcome: AuditOutcome }>();
  return {
    change: async (call, work) => {
      const { route, req, res } = call;
      const redactor = redactorOf(req);
      const subject = subjectOf(req, res, route);
      const before = await viewerOf(routes, route)?.(call).catch(() => null);
      const tenantId = subject.tenant_id ?? memberText(before, 'tenant_id');
      const intentId = await auditor.intend({ ...subject, tenant_id: tenantId });
      setLocals(res, { audited: true });
      try {
        const answer = await work();
        const view = 'body' in answer ? answer.body : null;
        const told = difference(maskValue(before, redactor), maskValue(view, redactor));
        const outcome: AuditOutcome = {
          ...(changesSomething(req) ? told : {}),
          result: 'done',
          status: answer.status ?? route.response.status,
          tenant_id: tenantId ?? memberText(view, 'tenant_id'),
          target: subject.target ?? answer.headers?.['Location']?.split('/').at(-1) ?? idIn(view),
        };
        await auditor.settle(subject, outcome, intentId);
        return answer;
      } catch (thrown) {
        const outcome = { ...refused(toAppError(thrown), redactor), tenant_id: tenantId };
        await auditor.settle(subject, outcome, intentId);
        throw thrown;
      }
    },
    refusal: async (error, req, res) => {
      if (locals(res).audited === true || !isKept(error.status, req)) return;
      const route = matchRoute(routes, req);
      const subject = subjectOf(req, res, route);
      const outcome = refused(error, redactorOf(req));
      const kind = [subject.actor_id ?? subject.ip, subject.action, error.code].join(' ');
      for (const { line, repeated } of gate.pass(kind, { subject, outcome }))
        await auditor.settle(line.subject, { ...line.outcome, repeated }, null);
    },
  };
}

const alwaysKept = new Set([401, 403, 409, 422, 429]);

function isKept(status: number, req: Request): boolean {
  return alwaysKept.has(status) || (changesSomething(req) && status < 500);
}

function subjectOf(req: Request, res: Response, route: Route | undefined): AuditSubject {
  const { principal, requestId } = locals(res);
  const redactor = redactorOf(req);
  const target = route === undefined ? null : targetIn(route, req.path);
  return {
    actor_id: principal?.tokenId ?? null,
    actor_name: principal === undefined ? null : maskText(principal.name, redactor),
    action: `${req.method} ${route?.path ?? maskText(req.path.slice(0, 200), redactor)}`,
    target: target === null ? null : maskText(target.slice(0, 200), redactor),
    tenant_id: principal?.tenantId ?? null,
    ip: req.ip ?? null,
    request_id: requestId,
  };
}

function refused(error: AppError, redactor: Redactor): AuditOutcome {
  const { status, code } = error;
  const result = status >= 500 ? 'failed' : 'refused';
  return { result, status, code, detail: maskText(error.publicMessage, redactor) };
}

/** Knows what the caller signs in with; other secrets are known by their name or form. */
function redactorOf(req: Request): Redactor {
  const redactor = new Redactor();
  redactor.add(/\S+$/.exec(req.get('authorization') ?? '')?.[0] ?? '');
  return redactor;
}

function memberText(view: unknown, name: string): string | null {
  if (view === null || typeof view !== 'object') return null;
  const value = (view as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : null;
}

/** The id of a new thing: the first member of its view that is called so. */
function idIn(view: unknown): string | null {
  if (view === null || typeof view !== 'object') return null;
  const name = Object.keys(view).find((key) => key.endsWith('_id'));
  return name === undefined ? null : memberText(view, name);
}
