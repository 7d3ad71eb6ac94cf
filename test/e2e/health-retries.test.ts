import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiOf, type Api, type Json } from '../support/api.js';
import { makeServedHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let terrace: Terrace;
let api: Api;

beforeAll(async () => {
  const env = {
    MAX_ENVIRONMENTS_PER_USER: '50',
    ...{ HEALTH_CHECK_TIMEOUT: '1', HEALTH_CHECK_INTERVAL: '1' },
    ...{ RETRY_ATTEMPTS: '3', RETRY_FIRST_WAIT: '1', BREAKER_FAILURES: '4', BREAKER_SECONDS: '3600' },
  };
  terrace = await startTerrace(await makeServedHome(), env);
  api = apiOf(terrace);
});

afterAll(async () => {
  await terrace.stop();
  await removeHome(terrace.home);
});

const pathOf = (id: string) => `/api/v1/environments/${id}`;
const settled = (body: Json) => ['ready', 'failed', 'rolled_back', 'destroyed'].includes(body.status);

async function setFaults(id: string, ...faults: object[]): Promise<void> {
  const answer = await api.call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults });
  expect(answer).toMatchObject({ status: 200 });
}

/** Creates an environment while those faults are played, and waits until it rests. */
async function createWith(...faults: object[]): Promise<{ environment: Json; run: Json }> {
  const { body } = await api.call('POST', '/api/v1/environments', await api.request());
  const { environment_id: id, run_id: runId } = body;
  const run = await api.until(`/api/v1/runs/${runId}`, (one) => one.status === 'awaiting_review');
  await setFaults(id, ...faults);
  await api.call('POST', `/api/v1/runs/${runId}/approve`, {
    plan_id: run.plan.plan_id,
    confirm: run.review.confirm,
  });
  const environment = await api.until(pathOf(id), settled);
  return { environment, run: await api.get(`/api/v1/runs/${runId}`) };
}

const release = { kind: 'unready', type: 'helm_release', message: '0 of 3 pods are ready' };

describe('health', () => {
  test('a create that never becomes healthy fails its check and is rolled back', async () => {
    const { environment, run } = await createWith(release);
    expect(environment).toMatchObject({
      status: 'rolled_back',
      error: { code: 'health_check_failed', step: 'verify' },
      health: { overall: 'unhealthy' },
    });
    expect(environment.error.message).toMatch(
      /^the environment was applied but is not healthy within 1 s: helm_release\.\S+: 0 of 3 pods are ready; /,
    );
    expect(run.phases.map((phase: Json) => phase.name)).toEqual([
      'infrastructure',
      'deployment',
      'configuration',
      'health',
    ]);
    const { items } = await api.get(`/api/v1/sandbox/environments/${environment.environment_id}/objects`);
    expect(items).toEqual([]);
  });

  test('one that is late is waited for, and one that is degraded has passed', async () => {
    const degraded = {
      kind: 'unready',
      type: 'kubernetes_ingress_v1',
      as: 'degraded',
      message: 'one zone is away',
    };
    const [late, poor] = await Promise.all([createWith({ ...release, for_ms: 600 }), createWith(degraded)]);
    expect(late.environment).toMatchObject({ status: 'ready', health: { overall: 'healthy' } });
    const waited = late.run.phases.find((phase: Json) => phase.name === 'health');
    expect(waited).toMatchObject({ budget_ms: 45_000, over: false });
    expect(waited.duration_ms).toBeGreaterThan(200);
    expect(poor.environment).toMatchObject({
      status: 'ready',
      health: {
        overall: 'degraded',
        components: { ingress: { status: 'degraded' }, api: { status: 'healthy' } },
      },
    });
  });

  test('is looked at when asked for and by the clock, its history and its changes kept', async () => {
    const { environment } = await createWith();
    const path = pathOf(environment.environment_id);
    await setFaults(environment.environment_id, release);
    const asked = await api.call('POST', `${path}/health-check`);
    expect(asked).toMatchObject({ status: 202, body: { error: null, finished_at: null } });
    expect(asked.headers.get('location')).toBe(`${path}/health`);
    const ill = await api.until(
      `${path}/health`,
      ({ health, items }) => health.overall === 'unhealthy' && items[0].overall === 'unhealthy',
    );
    expect(ill.health.components.release).toMatchObject({ status: 'unhealthy', latency_ms: null });
    expect(ill.items.at(-1)).toMatchObject({ trigger: 'run', overall: 'healthy', status: 'done' });
    await setFaults(environment.environment_id);
    const well = await api.until(`${path}/health`, ({ items }) => items[0].overall === 'healthy');
    expect(well.items[0]).toMatchObject({ trigger: 'schedule', requested_by: null, run_id: null });
    expect((await api.get(path)).health.overall).toBe('healthy');
    const events = await api.get(`${path}/events`);
    const changes = events.items.filter((event: Json) => event.type === 'health_changed');
    expect(changes.map((event: Json) => event.message)).toEqual([
      'the environment is unhealthy; it was healthy',
      'the environment is healthy; it was unhealthy',
    ]);
    const metrics = (await api.call('GET', '/metrics')).body;
    expect(metrics).toMatch(/^provisioning_environments_by_health\{overall="healthy"\} [1-9]/m);
    expect(metrics).toMatch(/^provisioning_phase_runs\{blueprint="app@1",phase="health"\} [1-9]/m);
  });
});

const busy = 'creating release: api error ThrottlingException: Rate exceeded';
const fault = { kind: 'fail', type: 'helm_release', on: 'create', message: busy };

describe('a cloud that fails in passing', () => {
  test('an apply goes on from its state within what was approved, each attempt kept; one that never works ends it', async () => {
    const once = await createWith({ ...fault, times: 1 });
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

    const never = await createWith(fault);
    expect(never.environment).toMatchObject({
      status: 'rolled_back',
      error: { code: 'cloud_unavailable', retryable: true },
    });
    expect(never.run.attempts.map(({ attempt }: Json) => attempt)).toEqual([1, 2]);
  });
});
