import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getStoredPlan } from '../../src/plan/plan-store.js';
import type { PlanChange } from '../../src/plan/plan-changes.js';
import { carriedApprovals } from '../../src/review/carry.js';
import { builtInRule } from '../../src/review/review-rules.js';
import { getRun } from '../../src/run/run-store.js';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';
import { awaitReview } from '../api/awaiting-review.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const change = (address: string, over: Partial<PlanChange>) =>
  ({ address, action: 'update', risk: 'low', reasons: [], ...over }) as PlanChange;
const lossy = (address: string) =>
  change(address, {
    action: 'delete',
    risk: 'high',
    reasons: [{ code: 'data_lost', risk: 'high', address, text: 'is deleted' }],
  });

test('approvals hold for a plan that asks for nothing more', async () => {
  const { db } = app.database;
  await app.admin.call('POST', '/api/v1/review-rules', { class: 'two', approvals: 2, exclude_author: false });
  const request = await app.admin.request({ labels: { class: 'two' } });
  const { body } = await app.admin.call('POST', '/api/v1/environments', request);
  const ids = { runId: body.run_id, environmentId: body.environment_id };
  const planId = await awaitReview(db, ids);
  const former = [change('a', {}), lossy('b')];
  await db.query('update plans set changes = $2 where plan_id = $1', [planId, JSON.stringify(former)]);
  await app.admin.call('POST', `/api/v1/runs/${body.run_id}/approve`, { plan_id: planId, note: 'good' });
  const again = await app.admin.call('POST', `/api/v1/runs/${body.run_id}/replan`, {});
  const run = await getRun(db, null, again.body.run_id);
  const stored = await getStoredPlan(db, planId);
  const carried = async (changes: PlanChange[]) => {
    const plan = { ...stored, planId: 'plan_new', changes };
    const found = await carriedApprovals(db, run, { plan, rule: builtInRule, authors: [] });
    return { by: found.approvals.map((one) => one.reviewedBy), grown: found.grown };
  };
  expect(await carried(former)).toEqual({ by: ['admin-token'], grown: [] });
  expect(await carried([change('a', {})])).toEqual({ by: ['admin-token'], grown: [] });
  expect(await carried([...former, lossy('c')])).toEqual({ by: [], grown: ['data_lost c', 'delete c'] });
  expect(await carried([change('z', {})])).toEqual({ by: [], grown: ['update z'] });
});
