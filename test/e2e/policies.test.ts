import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { loadPriceTable } from '../../src/cost/table-file.js';
import { apiOf, type Json } from '../support/api.js';
import { makeServedHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let terrace: Terrace | undefined;
afterEach(async () => {
  await terrace?.stop();
  if (terrace) await removeHome(terrace.home);
});

test('policies and the quota of cost judge plans before anybody does', async () => {
  const home = await makeServedHome();
  const prices = await loadPriceTable();
  const cluster = { cpu_core_month: 20, memory_gb_month: 3, storage_gb_month: 0.1 };
  await writeFile(join(home, 'prices.json'), JSON.stringify({ ...prices, cluster }));
  terrace = await startTerrace(home, { COST_TABLE: join(home, 'prices.json') });
  const api = apiOf(terrace);
  const plan = async (done: string): Promise<Json> => {
    const asked = await api.call('POST', '/api/v1/environments', await api.request({ review: 'auto' }));
    return api.until(`/api/v1/runs/${asked.body.run_id}`, (run) => run.status === done);
  };
  const warn = {
    name: 'told',
    expression: 'cost.after < 1.0',
    verdict: 'warn',
    message: '{{ cost.currency }}',
  };
  await api.call('POST', '/api/v1/policies', warn);
  const regions = { builtin: 'allowed_regions', params: { regions: ['eu-west-1'] } };
  const { body: policy } = await api.call('POST', '/api/v1/policies', {
    name: 'regions',
    ...regions,
    verdict: 'deny',
  });
  const text = (version: number) =>
    `policy regions (version ${version}): region eu-central-1 is not among eu-west-1`;

  const denied = await plan('failed');
  expect(denied.error).toMatchObject({
    code: 'policy_denied',
    blame: 'caller',
    message: text(1),
    step: 'policies',
  });
  expect(denied.policy).toMatchObject({
    verdict: 'deny',
    results: [
      { policy_id: policy.policy_id, version: 1, outcome: 'failed', verdict: 'deny' },
      { name: 'told', outcome: 'failed', verdict: 'warn', message: 'USD' },
    ],
  });
  const { summary } = await api.get(`/api/v1/runs/${denied.run_id}/plan`);
  expect(summary.cost).toMatchObject({ currency: 'USD', as_of: prices.as_of, before: 0 });
  expect(summary.cost.after).toBeGreaterThan(1);
  expect(summary.cost.delta).toBe(summary.cost.after);

  await api.call('PUT', `/api/v1/policies/${policy.policy_id}`, { ...regions, verdict: 'require_approval' });
  const asked = await plan('awaiting_review');
  expect(asked.review).toMatchObject({ mode: 'auto', why: text(2), missing: 1 });
  expect(asked.policy.verdict).toBe('require_approval');

  const [{ tenant_id: tenant }] = (await api.get('/api/v1/tenants')).items;
  const limit = summary.cost.after * 1.5;
  await api.call('PUT', `/api/v1/tenants/${tenant}/quota`, { monthly_cost: limit });
  const dear = await plan('failed');
  const both = Math.round(summary.cost.after * 200) / 100;
  expect(dear.error).toMatchObject({
    code: 'tenant_quota_exceeded',
    message: `tenant ${tenant} would cost ${both} USD a month of ${limit}, ${summary.cost.delta} more than now: ask for less, destroy an environment, or have the quota raised`,
  });
}, 120_000);
