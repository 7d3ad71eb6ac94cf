import type { RequestHandler } from 'express';
import { sendAnswer } from './answer.js';
import { authorize, stillAllowed } from './auth.js';
import type { AppDeps } from './deps.js';
import { once, type KeptAnswer } from './idempotency.js';
import { locals, setLocals } from './locals.js';
import { parseRequest } from './parse.js';
import { changesSomething, type RequestAudit } from './request-audit.js';
import type { Answer, Route } from './route.js';

/** Before a body is read: which route answers, and whether the token may call it. */
export function admit(route: Route): RequestHandler {
  return (req, res, next) => {
    setLocals(res, { endpoint: route.path });
    authorize(route, req, res);
    next();
  };
}

/** Parses the request, has it handled (a POST once per Idempotency-Key) and sends the answer. */
export function serve(
  { db, listenCheckMs = 5000, draining }: AppDeps,
  audit: RequestAudit,
  route: Route,
): RequestHandler {
  const { status } = route.response;
  return async (req, res) => {
    const { principal, requestId } = locals(res);
    const ctx = { principal: principal ?? nobody, correlationId: requestId };
    const parsed = parseRequest(route, { params: req.params, query: req.query, body: req.body as unknown });
    const work = async () => route.handle({ ...parsed, ctx, req });
    const call = { route, params: parsed.params, ctx, req, res };
    const handle = () =>
      changesSomething(req) || route.audited === true ? audit.change(call, work) : work();
    const sending = {
      usualStatus: status,
      mayListen: () => stillAllowed(route, req, res),
      listenCheckMs,
      draining,
    };
    if (route.method !== 'post') return sendAnswer(res, await handle(), sending);
    const answer = await once(db, { req, res }, async () => kept(status, await handle()));
    return sendAnswer(res, answer, sending);
  };
}

/** Who calls an open route. */
const nobody = { tokenId: '', name: 'nobody', role: 'viewer', rights: [], tenantId: '' } as const;

function kept(usualStatus: number, answer: Answer<unknown>): KeptAnswer {
  if (!('body' in answer)) throw new Error('a POST answers JSON');
  return { status: answer.status ?? usualStatus, headers: answer.headers ?? {}, body: answer.body };
}
