import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiOf, type Api, type Json } from '../support/api.js';
import { makeServedHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let terrace: Terrace;
let api: Api;

beforeAll(async () => {
  const env = { RETRY_ATTEMPTS: '3', RETRY_FIRST_WAIT: '1', BREAKER_FAILURES: '4', BREAKER_SECONDS: '3600' };
  terrace = await startTerrace(await makeServedHome(), env);
  api = apiOf(terrace);
});

afterAll(async () => {
  await terrace.stop();
  await removeHome(terrace.home);
});

const busy = 'creating release: api error ThrottlingException: Rate exceeded';
const fault = { kind: 'fail', type: 'helm_release', on: 'create', message: busy };
const settled = (body: Json) => ['ready', 'failed', 'rolled_back', 'destroyed'].includes(body.status);

async function apply(faults: object[]): Promise<{ environment: Json; run: Json }> {
  const { body } = await api.call('POST', '/api/v1/environments', await api.request());
  const { environment_id: id, run_id: runId } = body;
  const { plan, review } = await api.until(
    `/api/v1/runs/${runId}`,
    (one) => one.status === 'awaiting_review',
  );
  await api.call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults });
  await api.call('POST', `/api/v1/runs/${runId}/approve`, { plan_id: plan.plan_id, confirm: review.confirm });
  const environment = await api.until(`/api/v1/environments/${id}`, settled);
  return { environment, run: await api.get(`/api/v1/runs/${runId}`) };
}

describe('a cloud that fails in passing', () => {
  test('an apply goes on from its state within what was approved, each attempt kept; one that never works ends it', async () => {
    const once = await apply([{ ...fault, times: 1 }]);
    expect(once.environment).toMatchObject({ status: 'ready', error: null });
    expect(once.run.attempts).toMatchObject([
      {
        step: 'apply',
        attempt: 1,
        code: 'cloud_unavailable',
        message: expect.stringContaining('ThrottlingException: ask again'),
      },
    ]);
    const log = await api.log(once.run.run_id);
    expect(log.filter((line) => /^kubernetes_namespace_v1.namespace: Creating/.test(line))).toHaveLength(1);
    const { items } = await api.get(
      `/api/v1/environments/${once.environment.environment_id}/events?limit=200`,
    );
    expect(items.map(({ type }: Json) => type)).toContain('run_retrying');

    const never = await apply([fault]);
    expect(never.environment).toMatchObject({
      status: 'rolled_back',
      error: { code: 'cloud_unavailable', retryable: true },
    });
    expect(never.run.attempts.map(({ attempt }: Json) => attempt)).toEqual([1, 2]);
  });
});
