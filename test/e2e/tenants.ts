import { expect, test } from '@jest/globals';
import type { Json } from '../support/api.js';
import { api, killAndStart } from './product.js';

test('a tenant with one run at once has the other wait, and leaves for good through a kill -9', async () => {
  const { tenant_id } = (await api.call('POST', '/api/v1/tenants', { name: 'Leaver', slug: 'leaver' })).body;
  const { account_id } = (
    await api.call('POST', '/api/v1/accounts', {
      tenant_id,
      name: 'sandbox',
      provider: 'sandbox',
      cloud_account_id: '200000000001',
      regions: ['eu-central-1'],
    })
  ).body;
  const tenant = `/api/v1/tenants/${tenant_id}`;
  await api.call('PUT', `${tenant}/quota`, { runs_at_once: 1 });
  const create = async (over: Record<string, unknown>): Promise<Json> =>
    (await api.call('POST', '/api/v1/environments', await api.request({ tenant_id, account_id, ...over })))
      .body;
  const applied = await create({ review: 'auto' });
  await api.until(`/api/v1/runs/${applied.run_id}`, (run) => run.status === 'planning');
  const planned = await create({ deletion_protection: true });
  await api.until(
    `/api/v1/runs/${planned.run_id}`,
    (run) => run.blocked_by === `the quota of tenant ${tenant_id}: 1 of 1 runs at once`,
  );
  await api.until(`/api/v1/environments/${applied.environment_id}`, (one) => one.status === 'ready');
  await api.until(`/api/v1/runs/${planned.run_id}`, (run) => run.status === 'awaiting_review');

  await api.call('POST', `${tenant}/offboard`, { confirm: 'leaver', force: true, review: 'auto' });
  await killAndStart();
  const gone = await api.until(`${tenant}/offboarding`, (one) => one.status === 'offboarded');
  expect(gone).toMatchObject({ environments: { destroyed: 2, remaining: 0 }, resources: 0, remaining: [] });
  const objects = `/api/v1/sandbox/environments/${applied.environment_id}/objects`;
  expect((await api.get(objects)).items).toEqual([]);
  const { status, items } = await api.get(`/api/v1/runs?environment_id=${applied.environment_id}`);
  expect([status, items.length, items[0].kind]).toEqual([undefined, 2, 'destroy']);
}, 120_000);
