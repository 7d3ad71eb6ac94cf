import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiOf, type Json } from '../support/api.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let terrace: Terrace;

beforeAll(async () => {
  terrace = await startTerrace(await makeHome());
});

afterAll(async () => {
  await terrace.stop();
  await removeHome(terrace.home);
});

const slow = { kind: 'delay', type: 'helm_release', delay_ms: 2500, times: 1 };
/** Longer than the process lives that meets it. */
const stuck = { ...slow, delay_ms: 60_000 };

async function setFaults(id: string, faults: unknown[]): Promise<void> {
  await apiOf(terrace).call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults });
}

async function create(over: Record<string, unknown> = {}): Promise<{ id: string; runId: string }> {
  const api = apiOf(terrace);
  const { body } = await api.call('POST', '/api/v1/environments', await api.request(over));
  return { id: body.environment_id, runId: body.run_id };
}

async function approvePlan(runId: string): Promise<void> {
  const api = apiOf(terrace);
  const run = await api.until(`/api/v1/runs/${runId}`, (one) => one.status === 'awaiting_review');
  await api.call('POST', `/api/v1/runs/${runId}/approve`, {
    plan_id: run.plan.plan_id,
    confirm: run.review.confirm,
  });
}

const ended = (body: Json) => ['ready', 'failed', 'rolled_back', 'destroyed'].includes(body.status);

async function destroyAndProve(id: string): Promise<void> {
  const api = apiOf(terrace);
  await setFaults(id, []);
  const { body } = await api.call('DELETE', `/api/v1/environments/${id}`);
  if (body.run_id !== undefined) {
    const run = await api.until(
      `/api/v1/runs/${body.run_id}`,
      (one) => one.status === 'awaiting_review' || one.finished_at,
    );
    if (run.status === 'awaiting_review')
      await api.call('POST', `/api/v1/runs/${body.run_id}/approve`, {
        plan_id: run.plan.plan_id,
        confirm: run.review.confirm,
      });
  }
  await api.until(`/api/v1/environments/${id}`, (environment) => environment.status === 'destroyed');
  expect((await api.get(`/api/v1/sandbox/environments/${id}/objects`)).items).toEqual([]);
}

test('SIGTERM hands a run over, tells its listeners to come back, and the next process ends it right', async () => {
  const { id, runId } = await create();
  await apiOf(terrace).until(`/api/v1/runs/${runId}`, (run) => run.status === 'awaiting_review');
  await setFaults(id, [slow]);
  await approvePlan(runId);
  await apiOf(terrace).logged(runId, /helm_release.*Creating/);
  const headers = { authorization: `Bearer ${terrace.token}`, accept: 'text/event-stream' };
  const stream = await fetch(`${terrace.url}/api/v1/runs/${runId}/logs`, { headers });
  const told = stream.text();
  const { home } = terrace;
  expect(await terrace.stop()).toBe(0);
  expect(await told).toMatch(/\n\nretry: 1000\n: this server is stopping\n\n$/);
  terrace = await startTerrace(home);
  const environment = await apiOf(terrace).until(`/api/v1/environments/${id}`, ended);
  expect(environment).toMatchObject({ status: 'ready', error: null });
  expect(await apiOf(terrace).get(`/api/v1/runs/${runId}`)).toMatchObject({ interruptions: 1 });
});

test('kill -9 of the whole process during a plan, an apply and a destroy: each ends as it was asked to', async () => {
  const [applied, destroyed] = await Promise.all([create(), create({ review: 'auto' })]);
  await apiOf(terrace).until(`/api/v1/environments/${destroyed.id}`, ({ status }) => status === 'ready');
  await setFaults(destroyed.id, [{ ...stuck, on: 'delete' }]);
  const { body } = await apiOf(terrace).call('DELETE', `/api/v1/environments/${destroyed.id}`);
  await apiOf(terrace).logged(body.run_id, /helm_release.*Destroying/);
  await setFaults(applied.id, [stuck]);
  await approvePlan(applied.runId);
  await apiOf(terrace).logged(applied.runId, /helm_release.*Creating/);
  const planned = await create();
  await apiOf(terrace).until(`/api/v1/runs/${planned.runId}`, (run) => run.status === 'planning');
  const { home } = terrace;
  await terrace.kill();
  terrace = await startTerrace(home);

  // The plan is made again.
  const run = await apiOf(terrace).until(
    `/api/v1/runs/${planned.runId}`,
    (one) => one.status === 'awaiting_review',
  );
  expect(run.error).toBeNull();
  await approvePlan(planned.runId);
  await apiOf(terrace).until(`/api/v1/environments/${planned.id}`, ({ status }) => status === 'ready');
  await destroyAndProve(planned.id);

  // What was created is adopted, and the environment becomes ready.
  const environment = await apiOf(terrace).until(`/api/v1/environments/${applied.id}`, ended);
  expect(environment).toMatchObject({ status: 'ready', error: null });
  const lines = await apiOf(terrace).log(applied.runId);
  expect(lines).toContainEqual(expect.stringMatching(/^adopting kubernetes_namespace_v1\./));
  await destroyAndProve(applied.id);

  // The destroy goes on until nothing is left.
  const gone = await apiOf(terrace).until(
    `/api/v1/environments/${destroyed.id}`,
    ({ status }) => status === 'destroyed',
  );
  expect(gone.error).toBeNull();
  expect((await apiOf(terrace).get(`/api/v1/sandbox/environments/${destroyed.id}/objects`)).items).toEqual(
    [],
  );
});
