/** What a client asks of the API, as often as it takes while servers restart. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../support/api.js';
import { insist } from './break-point.js';
import type { Fleet } from './fleet.js';

const endMs = 60_000;

export async function create(fleet: Fleet, review: 'auto' | 'required'): Promise<{ id: string }> {
  const body = await insist(() => fleet.api.request({ review }));
  const { environment_id: id } = await call(fleet, 'POST', '/api/v1/environments', body);
  return { id };
}

export const remove = (fleet: Fleet, id: string): Promise<Json> =>
  call(fleet, 'DELETE', `/api/v1/environments/${id}`);

export const setSandboxFaults = (fleet: Fleet, id: string, faults: object[]): Promise<Json> =>
  call(fleet, 'PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults });

/** Approves the plan that waits; does nothing when none does. */
export async function approve(fleet: Fleet, id: string): Promise<void> {
  const { runId } = await lookAt(fleet, id);
  const run = await insist(async () => {
    const found = await fleet.api.get(`/api/v1/runs/${runId}`);
    if (found.status === undefined || found.run_id === undefined) throw new Error(JSON.stringify(found));
    return found;
  });
  if (run.status !== 'awaiting_review') return;
  const body = { plan_id: run.plan.plan_id, confirm: run.review.confirm };
  await call(fleet, 'POST', `/api/v1/runs/${runId}/approve`, body);
}

/** Asks until the API answers, under one idempotency key; throws on a refusal. */
async function call(fleet: Fleet, method: string, path: string, body?: unknown): Promise<Json> {
  const headers = method === 'POST' ? { 'idempotency-key': randomUUID() } : undefined;
  let refused: Error | undefined;
  const answer = await insist(async () => {
    const { status, body: said } = await fleet.api.call(method, path, body, headers);
    if (status < 300) return said;
    const fault = new Error(`${method} ${path}: ${status} ${JSON.stringify(said)}`);
    if (status >= 500 || said?.code === 'request_in_progress') throw fault;
    refused = fault;
  });
  if (refused !== undefined) throw refused;
  return answer;
}

interface Look {
  readonly status: string;
  readonly runStatus: string;
  readonly finished: boolean;
  readonly runId: string;
}

async function lookAt(fleet: Fleet, id: string): Promise<Look> {
  return insist(async () => {
    const { rows } = await fleet.db.query<Look>(
      `select e.status, r.status as "runStatus", r.finished_at is not null as finished, r.run_id as "runId"
       from environments e join runs r on r.run_id = e.current_run_id where e.environment_id = $1`,
      [id],
    );
    return rows[0]!;
  });
}

/** Waits until the environment's run is over, or waits for its review; the environment's status then. */
export async function rest(fleet: Fleet, id: string): Promise<string> {
  let seen: Look | undefined;
  for (const until = Date.now() + endMs; Date.now() < until; await delay(25)) {
    seen = await lookAt(fleet, id);
    if (seen.finished || seen.runStatus === 'awaiting_review') return seen.status;
  }
  throw new Error(`stuck for ${endMs} ms: run ${seen?.runStatus}, environment ${seen?.status}`);
}

/** The same, with plans that wait approved. */
export async function restThrough(fleet: Fleet, id: string): Promise<string> {
  for (;;) {
    const status = await rest(fleet, id);
    const { runStatus } = await lookAt(fleet, id);
    if (runStatus !== 'awaiting_review') return status;
    await approve(fleet, id);
  }
}

/** Destroys what is left of it, and tells of anything that stays. */
export async function destroy(fleet: Fleet, id: string): Promise<string[]> {
  await setSandboxFaults(fleet, id, []);
  await remove(fleet, id);
  const status = await restThrough(fleet, id);
  const { rows } = await fleet.db.query<{ type: string }>(
    'select type from sandbox.objects where environment_id = $1',
    [id],
  );
  return [
    ...(status === 'destroyed' ? [] : [`a destroy afterwards ended ${status}: ${await errorOf(fleet, id)}`]),
    ...rows.map(({ type }) => `left after a destroy: ${type}`),
  ];
}

export async function errorOf(fleet: Fleet, id: string): Promise<string> {
  const { rows } = await fleet.db.query<{ error: { code?: string; message?: string } | null }>(
    'select error from environments where environment_id = $1',
    [id],
  );
  const error = rows[0]?.error;
  return error === null || error === undefined ? 'no error' : `${error.code}: ${error.message}`;
}
