import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, Json } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { awaitReview } from './awaiting-review.js';
import { stepRun, toTheEnd } from './run-steps.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 1000 });
});
afterAll(() => app.close());

const host = (name: string) => ({ ingress: { host: `${name}.example.com` } });
const at = (id: string) => `/api/v1/environments/${id}`;
const read = (id: string): Promise<Json> => app.admin.get(at(id));
const refused = (status: number, code: string, detail: string) => ({ status, body: { code, detail } });

async function request(over: Record<string, unknown> = {}): Promise<Json> {
  return (await app.admin.call('POST', '/api/v1/environments', await app.admin.request(over))).body;
}

/** An environment whose revision 1 is applied. */
async function ready(over: Record<string, unknown> = {}): Promise<string> {
  const { environment_id: id, run_id: runId } = await request(over);
  await settle(id, runId);
  return id;
}

async function settle(environmentId: string, runId: string): Promise<void> {
  await awaitReview(app.database.db, { runId, environmentId });
  await stepRun(app.database.db, runId, ...toTheEnd);
}

const patch = (id: string, body: unknown, ifMatch = '*'): Promise<Answer> =>
  app.admin.call('PATCH', at(id), body, { 'if-match': ifMatch });
const rollback = (id: string, revision: number) => app.admin.call('POST', `${at(id)}/rollback`, { revision });

describe('a change of the spec', () => {
  test('is merged into the newest revision, and a run of the new one begins', async () => {
    const id = await ready();
    const before = await read(id);
    expect(before).toMatchObject({ revision: 1, applied_revision: 1, status: 'ready' });
    const answer = await patch(id, { spec: host('new') });
    expect(answer).toMatchObject({
      status: 202,
      body: { revision: 2, applied_revision: 1, status: 'queued', run_status: 'queued' },
    });
    expect(answer.headers.get('location')).toBe(at(id));
    const run = await app.admin.get(`/api/v1/runs/${answer.body.run_id}`);
    expect(run).toMatchObject({ kind: 'update', revision: 2 });
    const { spec } = await app.admin.get(`${at(id)}/revisions/2`);
    const { spec: old } = await app.admin.get(`${at(id)}/revisions/1`);
    expect(spec).toEqual({ ...old, ingress: { ...old.ingress, host: 'new.example.com' } });
    await settle(id, answer.body.run_id);
    expect(await read(id)).toMatchObject({ revision: 2, applied_revision: 2, status: 'ready' });
  });

  test('as a whole replaces everything', async () => {
    const id = await ready();
    const spec = { releases: [], ...host('whole') };
    await patch(id, { spec, spec_mode: 'replace' });
    const revision = await app.admin.get(`${at(id)}/revisions/2`);
    expect(revision.spec).toMatchObject(spec);
  });

  test('that changes nothing makes neither revision nor run', async () => {
    const id = await ready();
    const answer = await patch(id, { spec: { ingress: { host: 'shop.acme.example.com' } } });
    expect(answer).toMatchObject({ status: 200, body: { revision: 1, run_id: null, run_status: null } });
  });

  test('that is not valid names every fault and changes nothing', async () => {
    const id = await ready();
    const answer = await patch(id, { spec: { size: 1, ingress: { host: 7 } }, deletion_protection: true });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    expect(answer.body.errors.map((fault: Json) => fault.path).sort()).toEqual([
      'spec.ingress.host',
      'spec.size',
    ]);
    expect(await read(id)).toMatchObject({ revision: 1, deletion_protection: false });
  });

  test('supersedes a plan that waits for review', async () => {
    const { environment_id: id, run_id: first } = await request();
    const planId = await awaitReview(app.database.db, { runId: first, environmentId: id });
    const answer = await patch(id, { spec: host('newer') });
    expect(answer).toMatchObject({ status: 202, body: { revision: 2 } });
    expect(await app.admin.get(`/api/v1/runs/${first}`)).toMatchObject({
      status: 'expired',
      error: {
        code: 'plan_expired',
        message: `plan ${planId} expired: admin-token asked for a newer revision`,
      },
    });
    const run = await app.admin.get(`/api/v1/runs/${answer.body.run_id}`);
    expect(run).toMatchObject({ kind: 'create', revision: 2 });
  });

  test('waits for a run that is under way, and says which', async () => {
    const { environment_id: id, run_id: runId } = await request();
    expect(await patch(id, { spec: host('early') })).toMatchObject({
      ...refused(409, 'active_run', `environment ${id} already has an active run ${runId}`),
      body: { run_id: runId },
    });
  });

  test('two at once: one run, the other is told of it', async () => {
    const id = await ready();
    const both = await Promise.all([1, 2].map((n) => patch(id, { spec: host(`at-once-${n}`) }, '"1"')));
    expect(both.map(({ status }) => status).sort()).toEqual([202, 412]);
    expect((await read(id)).revision).toBe(2);
  });
});

describe('a change of settings alone', () => {
  test('takes effect at once and makes no run', async () => {
    const id = await ready({ labels: { team: 'shop', class: 'dev' } });
    const { current_run_id: runId } = await read(id);
    const answer = await patch(id, {
      deletion_protection: true,
      review: 'auto',
      rollback_on_failure: false,
      ttl_hours: 24,
      labels: { team: null, stage: 'two' },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        deletion_protection: true,
        review: 'auto',
        rollback_on_failure: false,
        ttl_hours: 24,
        labels: { class: 'dev', stage: 'two' },
        current_run_id: runId,
        run_id: null,
      },
    });
    const hours = (Date.parse(answer.body.expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    expect((await patch(id, { ttl_hours: null })).body).toMatchObject({ ttl_hours: null, expires_at: null });
    expect((await app.admin.call('DELETE', at(id))).body.code).toBe('deletion_protected');
  });

  test('gives a new ETag, and needs the one that was read', async () => {
    const id = await ready();
    const first = (await app.admin.call('GET', at(id))).headers.get('etag') ?? '';
    const answer = await patch(id, { deletion_protection: true }, first);
    expect(answer.headers.get('etag')).not.toBe(first);
    expect(await patch(id, { deletion_protection: false }, first)).toMatchObject(
      refused(
        412,
        'precondition_failed',
        `If-Match ${first} is not the ETag of environment ${id}, which is ${answer.headers.get('etag')} now: read it again`,
      ),
    );
    expect(await app.admin.call('PATCH', at(id), { deletion_protection: false })).toMatchObject(
      refused(428, 'precondition_required', `If-Match is missing: send the ETag that GET ${at(id)} tells`),
    );
    expect((await read(id)).deletion_protection).toBe(true);
  });

  test('is refused when it names nothing, too many labels, or what cannot change', async () => {
    const id = await ready();
    const nothing = 'the body: names nothing to change: send spec, labels, review or another setting';
    expect(await patch(id, { spec_mode: 'merge' })).toMatchObject(refused(422, 'invalid_request', nothing));
    const labels = Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`l${at}`, 'x']));
    expect(await patch(id, { labels })).toMatchObject(
      refused(422, 'invalid_request', 'labels: must be at most 32 labels; with this change they would be 33'),
    );
    expect((await patch(id, { region: 'eu-west-1' })).status).toBe(422);
  });
});

describe('a rollback', () => {
  test('is a run of a copy of the earlier revision', async () => {
    const id = await ready();
    await settle(id, (await patch(id, { spec: host('bad') })).body.run_id);
    const answer = await rollback(id, 1);
    expect(answer).toMatchObject({ status: 202, body: { revision: 3, applied_revision: 2 } });
    const run = await app.admin.get(`/api/v1/runs/${answer.body.run_id}`);
    expect(run).toMatchObject({ kind: 'rollback', revision: 3 });
    const { items } = await app.admin.get(`${at(id)}/revisions`);
    expect(items.map((one: Json) => [one.revision, one.copy_of])).toEqual([
      [3, 1],
      [2, null],
      [1, null],
    ]);
    expect(items[0].spec).toEqual(items[2].spec);
    await settle(id, answer.body.run_id);
    expect(await read(id)).toMatchObject({ status: 'ready', applied_revision: 3 });
  });

  test('needs an earlier revision that exists, and a status that allows it', async () => {
    const id = await ready();
    expect(await rollback(id, 1)).toMatchObject(
      refused(
        422,
        'invalid_request',
        `revision 1 is the newest one of environment ${id}: name an earlier one`,
      ),
    );
    expect(await rollback(id, 7)).toMatchObject(
      refused(404, 'not_found', `environment ${id} has no revision 7`),
    );
    await settle(id, (await patch(id, { spec: host('second') })).body.run_id);
    const { run_id: destroy } = (await app.admin.call('DELETE', at(id))).body;
    expect(await rollback(id, 1)).toMatchObject(
      refused(409, 'active_run', `environment ${id} already has an active run ${destroy}`),
    );
    await settle(id, destroy);
    expect(await rollback(id, 1)).toMatchObject(
      refused(409, 'action_not_allowed', `environment ${id} is destroyed: rollback is not possible`),
    );
    expect(await patch(id, { deletion_protection: true })).toMatchObject(
      refused(409, 'action_not_allowed', `environment ${id} is destroyed: update is not possible`),
    );
  });
});

test('revisions come in pages', async () => {
  const id = await ready();
  await settle(id, (await patch(id, { spec: host('second') })).body.run_id);
  const page = await app.admin.get(`${at(id)}/revisions?limit=1`);
  expect(page.items.map((one: Json) => one.revision)).toEqual([2]);
  const next = await app.admin.get(`${at(id)}/revisions?limit=1&cursor=${page.next_cursor}`);
  expect(next).toMatchObject({ items: [{ revision: 1 }], next_cursor: null });
});
