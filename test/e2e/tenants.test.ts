import { afterEach, expect, test } from '@jest/globals';
import { apiOf, type Json } from '../support/api.js';
import { makeServedHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let terrace: Terrace | undefined;
afterEach(async () => {
  await terrace?.stop();
  if (terrace) await removeHome(terrace.home);
});

test('a tenant with one run at once has the other wait, and leaves for good through a kill -9', async () => {
  const settings = { SWEEP_SECONDS: '1' };
  terrace = await startTerrace(await makeServedHome(), settings);
  const api = apiOf(terrace);
  const [acme] = (await api.get('/api/v1/tenants')).items;
  const tenant = `/api/v1/tenants/${acme.tenant_id}`;
  await api.call('PUT', `${tenant}/quota`, { runs_at_once: 1 });
  const create = async (over: Record<string, unknown>): Promise<Json> =>
    (await api.call('POST', '/api/v1/environments', await api.request(over))).body;
  const applied = await create({ review: 'auto' });
  await api.until(`/api/v1/runs/${applied.run_id}`, (run) => run.status === 'planning');
  const planned = await create({ deletion_protection: true });
  await api.until(
    `/api/v1/runs/${planned.run_id}`,
    (run) => run.blocked_by === `the quota of tenant ${acme.tenant_id}: 1 of 1 runs at once`,
  );
  await api.until(`/api/v1/environments/${applied.environment_id}`, (one) => one.status === 'ready');
  await api.until(`/api/v1/runs/${planned.run_id}`, (run) => run.status === 'awaiting_review');

  await api.call('POST', `${tenant}/offboard`, { confirm: 'acme', force: true, review: 'auto' });
  await terrace.kill();
  terrace = await startTerrace(terrace.home, settings);
  const again = apiOf(terrace);
  const gone = await again.until(`${tenant}/offboarding`, (one) => one.status === 'offboarded');
  expect(gone).toMatchObject({ environments: { destroyed: 2, remaining: 0 }, resources: 0, remaining: [] });
  const objects = `/api/v1/sandbox/environments/${applied.environment_id}/objects`;
  expect((await again.get(objects)).items).toEqual([]);
  const { status, items } = await again.get(`/api/v1/runs?environment_id=${applied.environment_id}`);
  expect([status, items.length, items[0].kind]).toEqual([undefined, 2, 'destroy']);
}, 120_000);
