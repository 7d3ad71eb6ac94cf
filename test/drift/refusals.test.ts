import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sandboxAdmin } from '../../src/sandbox/sandbox-admin.js';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';

let app: AppUnderTest;
beforeAll(async () => {
  const db = () => sandboxAdmin(app.database.db);
  app = await startApp({
    maxEnvironments: 1000,
    sandbox: {
      setFaults: (id, faults) => db().setFaults(id, faults),
      faults: (id) => db().faults(id),
      objects: (id) => db().objects(id),
      changeObject: (id, change) => db().changeObject(id, change),
    },
  });
});
afterAll(() => app.close());

async function create(over: Record<string, unknown> = {}): Promise<{ id: string; runId: string }> {
  const { body } = await app.admin.call('POST', '/api/v1/environments', await app.admin.request(over));
  return { id: body.environment_id, runId: body.run_id };
}

/** An environment whose first run has ended well; `set` changes its row. */
async function ready(set = ''): Promise<string> {
  const { id } = await create();
  const { db } = app.database;
  await db.query(`update runs set finished_at = now(), status = 'succeeded' where environment_id = $1`, [id]);
  await db.query(
    `update environments set status = 'ready', settled_status = 'ready', applied_revision = 1 ${set} where environment_id = $1`,
    [id],
  );
  return id;
}

const post = (id: string, call: string) => app.admin.call('POST', `/api/v1/environments/${id}/${call}`);
const refusal = (code: string, detail: string) => ({ status: 409, body: { code, detail } });

describe('settings of drift', () => {
  test.each([
    [{ drift_check_hours: -1 }, 'drift_check_hours', 'must be at least 0'],
    [{ drift_check_hours: 0.5 }, 'drift_check_hours', 'must be a whole number'],
    [{ drift_ignore: [{ attributes: ['tags'] }] }, 'drift_ignore.0.address', 'required'],
    [{ drift_ignore: [{ address: '' }] }, 'drift_ignore.0.address', 'must be at least 1 characters'],
    [{ drift_ignore: [{ address: 'a', attribute: 'b' }] }, 'drift_ignore.0.attribute', 'unknown field'],
    [{ drift_ignore: new Array(51).fill({ address: 'a' }) }, 'drift_ignore', 'must be at most 50 items'],
  ])('%j is refused', async (wrong, path, message) => {
    const { status, body } = await app.admin.call(
      'POST',
      '/api/v1/environments',
      await app.admin.request(wrong),
    );
    expect([status, body.code]).toEqual([422, 'invalid_request']);
    expect(body.errors).toMatchObject([
      { path: expect.stringContaining(path), message: expect.stringContaining(message) },
    ]);
  });
});

describe('a drift check', () => {
  test('waits for no active run, and says which is in the way', async () => {
    const { id, runId } = await create();
    expect(await post(id, 'drift-check')).toMatchObject(
      refusal('active_run', `environment ${id} already has an active run ${runId}`),
    );
  });

  test('that waits is ended by an update at once, and is no active run to anybody', async () => {
    const id = await ready();
    const { body: check } = await post(id, 'drift-check');
    expect(check).toMatchObject({ status: 'ready', run_status: 'queued' });
    expect((await post(id, 'health-check')).status).toBe(202);
    const patch = { spec: { ingress: { host: 'new.example.com' } } };
    const changed = await app.admin.call('PATCH', `/api/v1/environments/${id}`, patch, { 'if-match': '*' });
    expect(changed).toMatchObject({ status: 202, body: { run_status: 'queued', status: 'queued' } });
    const run = await app.admin.get(`/api/v1/runs/${check.run_id}`);
    expect(run).toMatchObject({ status: 'canceled' });
    expect(await app.admin.get(`/api/v1/environments/${id}`)).toMatchObject({
      status: 'queued',
      current_run_id: changed.body.run_id,
    });
  });

  test('can be canceled; the environment stays as it is', async () => {
    const id = await ready();
    const { body: check } = await post(id, 'drift-check');
    expect(await app.admin.call('POST', `/api/v1/runs/${check.run_id}/cancel`)).toMatchObject({
      status: 202,
    });
    expect(await app.admin.get(`/api/v1/environments/${id}`)).toMatchObject({ status: 'ready', drift: null });
  });
});

describe('remediation', () => {
  const drift = `{"status":"drifted","checked_at":"2026-01-01T00:00:00.000Z","changes":[{"address":"a.b","resource_type":"a",
    "action":"delete","attributes":[]}],"changes_total":1,"ignored":0,"error":null,"run_id":null}`;

  test('is refused where no drift is known', async () => {
    const id = await ready();
    expect(await post(id, 'remediate')).toMatchObject(
      refusal(
        'action_not_allowed',
        `environment ${id} has no known drift; check it with POST .../drift-check: remediate is not possible`,
      ),
    );
  });

  test('is refused where the newest revision was never applied', async () => {
    const id = await ready(`, drift = '${drift}', revision = 2`);
    expect(await post(id, 'remediate')).toMatchObject(
      refusal(
        'action_not_allowed',
        `environment ${id} has revision 2, of which nothing is applied; apply it, or roll back to revision 1: remediate is not possible`,
      ),
    );
  });

  test('is a run that waits for its review like any other', async () => {
    const id = await ready(`, drift = '${drift}'`);
    const { status, body } = await post(id, 'remediate');
    expect([status, body.run_status]).toEqual([202, 'queued']);
    expect(await app.admin.get(`/api/v1/runs/${body.run_id}`)).toMatchObject({ kind: 'update', revision: 1 });
  });
});

test('the sandbox refuses to change what is not there', async () => {
  const id = await ready();
  const change = { type: 'helm_release', object_id: 'nothing', value: {} };
  const answer = await app.admin.call('PATCH', `/api/v1/sandbox/environments/${id}/objects`, change);
  expect(answer).toMatchObject({
    status: 404,
    body: { detail: `environment ${id} has no helm_release nothing in the sandbox` },
  });
});
