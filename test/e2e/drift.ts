/** Drift on the whole product: real terraform, a sandbox whose objects are changed behind the back of Terrace. */
import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Json } from '../support/api.js';
import { api, calls, db } from './product.js';

const at = (id: string) => `/api/v1/environments/${id}`;
const ended = (runId: string) => api.until(`/api/v1/runs/${runId}`, (run) => run.finished_at !== null);
const eventTypes = async (id: string): Promise<string[]> =>
  (await api.get(`${at(id)}/events?limit=1000`)).items.map((event: Json) => event.type);
const startsOfTerraform = async () => (await readFile(calls, 'utf8')).trim().split('\n');

async function ready(over: Record<string, unknown> = {}): Promise<string> {
  const { body } = await api.call(
    'POST',
    '/api/v1/environments',
    await api.request({ review: 'auto', ...over }),
  );
  await api.until(at(body.environment_id), ({ status }) => status === 'ready');
  return body.environment_id;
}

async function checked(id: string): Promise<{ run: Json; environment: Json }> {
  const { status, body } = await api.call('POST', `${at(id)}/drift-check`);
  expect([status, body.status]).toEqual([202, 'ready']);
  return { run: await ended(body.run_id), environment: await api.get(at(id)) };
}

const faults = (id: string, ...list: object[]) =>
  api.call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults: list });

async function objectOf(id: string, type: string): Promise<Json> {
  const { items } = await api.get(`/api/v1/sandbox/environments/${id}/objects`);
  return items.find((one: Json) => one.type === type);
}

async function changeRelease(id: string, value: Record<string, unknown> | null): Promise<void> {
  const { type, objectId } = await objectOf(id, 'helm_release');
  const change = { type, object_id: objectId, value };
  const answer = await api.call('PATCH', `/api/v1/sandbox/environments/${id}/objects`, change);
  expect(answer).toMatchObject({ status: 200 });
}

test('drift is found by one process, told once, ignored where asked, and put right by a run', async () => {
  const id = await ready();
  const { current_run_id: created } = await api.get(at(id));
  const before = (await startsOfTerraform()).length;
  const first = await checked(id);
  expect(first.run).toMatchObject({ kind: 'drift_check', status: 'succeeded', plan: null });
  expect(first.environment).toMatchObject({
    status: 'ready',
    current_run_id: created,
    drift: { status: 'in_sync', changes: [], changes_total: 0, error: null, run_id: first.run.run_id },
  });
  const started = (await startsOfTerraform()).slice(before);
  expect(started).toHaveLength(1);
  expect(started[0]).toMatch(/^plan -refresh-only -lock=false /);

  await changeRelease(id, { version: '9.9.9' });
  for (let round = 0; round < 2; round++) {
    const { environment } = await checked(id);
    expect(environment).toMatchObject({ status: 'ready', current_run_id: created, error: null });
    expect(environment.drift).toMatchObject({
      status: 'drifted',
      changes: [{ resource_type: 'helm_release', action: 'update' }],
    });
    expect(environment.drift.changes[0].attributes).toContainEqual({
      ...{ path: 'version', before: '1.4.2', after: '9.9.9', sensitive: false },
    });
  }
  expect((await eventTypes(id)).filter((type) => type.startsWith('drift'))).toEqual(['drifted']);

  const rule = { address: 'helm_release.*', attributes: ['version', 'metadata'] };
  const patched = await api.call('PATCH', at(id), { drift_ignore: [rule] }, { 'if-match': '*' });
  expect(patched).toMatchObject({ status: 200, body: { drift_ignore: [rule], run_id: null } });
  const ignoring = await checked(id);
  expect(ignoring.environment.drift).toMatchObject({ status: 'in_sync', changes: [], ignored: 1 });
  await api.call('PATCH', at(id), { drift_ignore: [] }, { 'if-match': '*' });
  expect((await checked(id)).environment.drift.status).toBe('drifted');

  const remedy = await api.call('POST', `${at(id)}/remediate`);
  expect(remedy.status).toBe(202);
  const run = await ended(remedy.body.run_id);
  expect(run).toMatchObject({ kind: 'update', status: 'succeeded', revision: 1 });
  expect((await objectOf(id, 'helm_release')).value.version).toBe('1.4.2');
  expect((await api.get(at(id))).drift).toMatchObject({ status: 'in_sync', run_id: run.run_id });
  expect((await eventTypes(id)).filter((type) => type.startsWith('drift'))).toEqual([
    ...['drifted', 'drift_gone', 'drifted', 'drift_gone'],
  ]);
  expect((await api.call('GET', '/metrics')).body).toMatch(
    /^provisioning_environments_by_drift\{status="in_sync"\} [1-9]/m,
  );
  await remedyAfterRestore(id);
  const again = await api.call('POST', `${at(id)}/remediate`);
  expect(again).toMatchObject({
    status: 409,
    body: {
      code: 'action_not_allowed',
      detail: `environment ${id} has no known drift; check it with POST .../drift-check: remediate is not possible`,
    },
  });
});

/** The mark of a restore stays until the next apply, and what was found before is forgotten. */
async function remedyAfterRestore(id: string): Promise<void> {
  const { name } = await api.get(at(id));
  const { items } = await api.get(`${at(id)}/state-versions`);
  const [newest, former] = items;
  const path = `${at(id)}/state-versions/${former.serial}/restore`;
  const restored = await api.call('POST', path, { confirm: name, reason: 'a drill' });
  expect(restored).toMatchObject({
    status: 201,
    body: { serial: newest.serial + 1, lineage: newest.lineage },
  });
  expect(await api.get(at(id))).toMatchObject({
    drift: null,
    state_restored: { from_serial: former.serial },
  });
  await changeRelease(id, { version: '8.8.8' });
  expect((await checked(id)).environment.drift.status).toBe('drifted');
  const { body } = await api.call('POST', `${at(id)}/remediate`);
  expect(await ended(body.run_id)).toMatchObject({ status: 'succeeded' });
  expect(await api.get(at(id))).toMatchObject({ drift: { status: 'in_sync' }, state_restored: null });
}

test('a drift check at work gives way to a destroy, which goes on when its terraform has stopped', async () => {
  const id = await ready();
  await faults(id, { kind: 'hang', type: 'helm_release', on: 'read', times: 1 });
  const check = await api.call('POST', `${at(id)}/drift-check`);
  const joined = await api.call('POST', `${at(id)}/drift-check`);
  expect(joined).toMatchObject({ status: 202, body: { run_id: check.body.run_id } });
  await api.logged(check.body.run_id, /helm_release\S*: Refreshing state/);

  const destroy = await api.call('DELETE', at(id));
  expect(destroy.status).toBe(202);
  const run = await ended(check.body.run_id);
  expect(run).toMatchObject({ kind: 'drift_check', status: 'canceled' });
  await api.until(at(id), ({ status }) => status === 'destroyed');
  const destroyed = await api.get(`/api/v1/runs/${destroy.body.run_id}`);
  expect(Date.parse(destroyed.started_at)).toBeGreaterThanOrEqual(Date.parse(run.finished_at));
  expect(await api.call('POST', `${at(id)}/drift-check`)).toMatchObject({
    status: 409,
    body: { detail: `environment ${id} is destroyed: drift_check is not possible` },
  });
});

test('a look that fails in passing is tried again; the clock checks what is due, and a look that fails leaves what was known', async () => {
  const id = await ready({ drift_check_hours: 1 });
  await changeRelease(id, null);
  const busy = 'reading release: api error ThrottlingException: Rate exceeded';
  await faults(id, { kind: 'fail', type: '*', on: 'read', message: busy, times: 1 });
  const { run, environment } = await checked(id);
  expect(run).toMatchObject({
    status: 'succeeded',
    attempts: [{ step: 'drift_check', attempt: 1, code: 'cloud_unavailable' }],
  });
  expect(environment.drift.changes).toMatchObject([
    { action: 'delete', resource_type: 'helm_release', attributes: [] },
  ]);
  await faults(id, { kind: 'fail', type: '*', on: 'read', message: 'no route to the cloud', times: 1 });
  await db.query(
    `update runs set created_at = created_at - interval '61 minutes' where environment_id = $1`,
    [id],
  );
  const { items } = await api.until(`/api/v1/runs?environment_id=${id}&kind=drift_check`, (page) => {
    const [newest] = page.items;
    return page.items.length === 2 && newest.finished_at !== null;
  });
  expect(items[0]).toMatchObject({
    status: 'failed',
    requested_by: 'terrace',
    error: { code: 'plan_failed' },
  });
  const after = await api.get(at(id));
  expect(after).toMatchObject({ status: 'ready', error: null });
  expect(after.drift).toMatchObject({
    status: 'unknown',
    changes: environment.drift.changes,
    error: expect.stringContaining('no route to the cloud'),
    run_id: items[0].run_id,
  });
});
