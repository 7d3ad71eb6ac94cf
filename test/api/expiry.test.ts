import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { endExpired } from '../../src/environment/expiry.js';
import { createLog } from '../../src/log/log.js';
import type { RunStatus } from '../../src/run/run-state.js';
import type { Json } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { awaitReview } from './awaiting-review.js';
import { stepRun, toTheEnd } from './run-steps.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 1000 });
});
afterAll(() => app.close());

const hour = 3_600_000;
const at = (id: string) => `/api/v1/environments/${id}`;
const read = (id: string): Promise<Json> => app.admin.get(at(id));

/** A ready environment whose time is over after that many hours. */
async function ready(over: Record<string, unknown> = { ttl_hours: 72 }): Promise<string> {
  const { body } = await app.admin.call('POST', '/api/v1/environments', await app.admin.request(over));
  await settle(body.run_id, body.environment_id, toTheEnd);
  return body.environment_id;
}

async function settle(runId: string, environmentId: string, statuses: readonly RunStatus[]): Promise<void> {
  await awaitReview(app.database.db, { runId, environmentId });
  await stepRun(app.database.db, runId, ...statuses);
}

/** The sweep of that many hours after now. */
const sweepIn = (hours: number) =>
  endExpired({
    db: app.database.db,
    log: createLog('silent', 'test'),
    clock: { now: () => new Date(Date.now() + hours * hour) },
  });

async function told(id: string): Promise<string[]> {
  const { items } = await app.admin.get(`${at(id)}/events?limit=200`);
  return items
    .filter(({ type }: Json) => /^(expir|environment_)/.test(type))
    .map(({ type, message }: Json) => `${type}: ${message}`);
}

const extend = (id: string, hours: number) =>
  app.admin.call('POST', `${at(id)}/extend`, { ttl_hours: hours });

describe('an environment whose time is over', () => {
  test('is told of 24 h, 12 h and 30 min before, once each, then destroyed by a run under its own rule', async () => {
    const id = await ready();
    for (const hours of [40, 48.01, 50, 60.01, 60.5, 71.51, 71.9]) await sweepIn(hours);
    const end = 'it is destroyed then; extend it by POST /extend to keep it';
    expect(await told(id)).toEqual([
      `expiring_soon: the time of the environment is over in 23 hours: ${end}`,
      `expiring_soon: the time of the environment is over in 11 hours: ${end}`,
      `expiring_soon: the time of the environment is over in 29 minutes: ${end}`,
    ]);
    await sweepIn(72.01);
    await sweepIn(72.02);
    const { current_run_id: runId, status } = await read(id);
    expect(status).toBe('destroy_queued');
    expect(await app.admin.get(`/api/v1/runs/${runId}`)).toMatchObject({
      kind: 'destroy',
      review: { mode: 'required' },
      requested_by: 'terrace',
    });
    expect((await told(id)).slice(3)).toEqual([
      `environment_expired: the time of the environment is over: destroy run ${runId} was asked for`,
    ]);
  });

  test('stays while deletion protection is on, says so once, and goes when it is off', async () => {
    const id = await ready({ ttl_hours: 1, deletion_protection: true });
    await sweepIn(0.6);
    await sweepIn(2);
    await sweepIn(3);
    expect(await told(id)).toEqual([
      'expiring_soon: the time of the environment is over in 23 minutes: deletion protection will keep it',
      'expiry_blocked: the time of the environment is over, but it has deletion protection: it stays until that is switched off',
    ]);
    expect(await read(id)).toMatchObject({ status: 'ready' });
    await app.admin.call('PATCH', at(id), { deletion_protection: false }, { 'if-match': '*' });
    await sweepIn(3);
    expect(await read(id)).toMatchObject({ status: 'destroy_queued' });
  });

  test('is not asked for again when a person rejected its end, and is after a failure', async () => {
    const [kept, failed] = [await ready({ ttl_hours: 1 }), await ready({ ttl_hours: 1 })];
    await sweepIn(2);
    const [one, two] = [await read(kept), await read(failed)];
    await settle(one.current_run_id, kept, ['rejected']);
    await settle(two.current_run_id, failed, ['approved', 'applying', 'failed']);
    await app.database.db.query(
      `update environments set expires_at = now() where environment_id = any ($1)`,
      [[kept, failed]],
    );
    await sweepIn(0.9);
    expect(await read(failed)).toMatchObject({ status: 'ready', current_run_id: two.current_run_id });
    await sweepIn(1.1);
    expect(await read(kept)).toMatchObject({ status: 'ready', current_run_id: one.current_run_id });
    expect(await read(failed)).toMatchObject({ status: 'destroy_queued' });
  });

  test('waits for a run in hand; one that waits for review gives way', async () => {
    const id = await ready({ ttl_hours: 1 });
    const change = { spec: { ingress: { host: 'new.example.com' } } };
    const { body } = await app.admin.call('PATCH', at(id), change, { 'if-match': '*' });
    await stepRun(app.database.db, body.run_id, 'planning');
    await sweepIn(2);
    expect(await read(id)).toMatchObject({ status: 'planning', current_run_id: body.run_id });
    await stepRun(app.database.db, body.run_id, 'awaiting_review');
    await sweepIn(2);
    expect(await read(id)).toMatchObject({ status: 'destroy_queued' });
    expect(await app.admin.get(`/api/v1/runs/${body.run_id}`)).toMatchObject({
      status: 'canceled',
      error: { message: 'the run was canceled: the time of the environment is over' },
    });
  });
});

describe('an extension', () => {
  test('adds to the end, starts notices anew, and is told', async () => {
    const id = await ready({ ttl_hours: 20 });
    const { expires_at: before } = await read(id);
    await sweepIn(9);
    const answer = await extend(id, 30);
    expect(answer).toMatchObject({ status: 200, body: { ttl_hours: 50 } });
    expect(Date.parse(answer.body.expires_at) - Date.parse(before)).toBe(30 * hour);
    await sweepIn(26.5);
    const end = 'it is destroyed then; extend it by POST /extend to keep it';
    expect(await told(id)).toEqual([
      `expiring_soon: the time of the environment is over in 10 hours: ${end}`,
      `environment_extended: admin-token extended the environment by 30 h, until ${answer.body.expires_at}`,
      `expiring_soon: the time of the environment is over in 23 hours: ${end}`,
    ]);
  });

  test('takes back the destroy run that the end brought about', async () => {
    const id = await ready({ ttl_hours: 1 });
    await sweepIn(2);
    const { current_run_id: runId } = await read(id);
    expect(await extend(id, 24)).toMatchObject({ status: 200, body: { status: 'ready' } });
    expect(await app.admin.get(`/api/v1/runs/${runId}`)).toMatchObject({ status: 'canceled' });
  });

  test('is refused without an end, while a person has it destroyed, and after that, saying what to do', async () => {
    const endless = await ready({});
    const refused = (code: string, detail: string) => ({ status: 409, body: { code, detail } });
    expect(await extend(endless, 1)).toMatchObject(
      refused(
        'action_not_allowed',
        `environment ${endless} has no end: set ttl_hours by PATCH to give it one`,
      ),
    );
    const id = await ready();
    const { body } = await app.admin.call('DELETE', at(id));
    expect(await extend(id, 1)).toMatchObject(
      refused('active_run', `environment ${id} is being destroyed by run ${body.run_id}: cancel that first`),
    );
    await settle(body.run_id, id, toTheEnd);
    expect(await extend(id, 1)).toMatchObject(
      refused('action_not_allowed', `environment ${id} is destroyed: there is nothing to extend`),
    );
    expect(await extend(id, 0)).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
  });
});
