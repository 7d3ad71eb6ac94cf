import { afterEach, describe, expect, test } from '@jest/globals';
import { apiOf, type Json } from '../support/api.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

let terrace: Terrace | undefined;

afterEach(async () => {
  await terrace?.stop();
  if (terrace) await removeHome(terrace.home);
});

const slow = { kind: 'delay', type: 'helm_release', delay_ms: 2500 };
const slowDestroy = { ...slow, on: 'delete' };

async function setFaults(id: string, faults: unknown[]): Promise<void> {
  await apiOf(terrace!).call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults });
}

async function create(over: Record<string, unknown> = {}): Promise<{ id: string; runId: string }> {
  const api = apiOf(terrace!);
  const { body } = await api.call('POST', '/api/v1/environments', await api.request(over));
  return { id: body.environment_id, runId: body.run_id };
}

/** Crashes the process as it is and starts it again on the same home. */
async function crash(): Promise<void> {
  const { home } = terrace!;
  await terrace!.kill();
  terrace = await startTerrace(home);
}

async function approvePlan(runId: string): Promise<void> {
  const api = apiOf(terrace!);
  const run = await api.until(`/api/v1/runs/${runId}`, (one) => one.status === 'awaiting_review');
  await api.call('POST', `/api/v1/runs/${runId}/approve`, {
    plan_id: run.plan.plan_id,
    confirm: run.review.confirm,
  });
}

const ended = (body: Json) => ['ready', 'failed', 'rolled_back', 'destroyed'].includes(body.status);

async function destroyAndProve(id: string): Promise<void> {
  const api = apiOf(terrace!);
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

describe('SIGTERM', () => {
  test('hands a run over, tells its listeners to come back, and the next process ends it right', async () => {
    terrace = await startTerrace(await makeHome());
    const { id, runId } = await create();
    await apiOf(terrace).until(`/api/v1/runs/${runId}`, (run) => run.status === 'awaiting_review');
    await setFaults(id, [{ ...slow, times: 1 }]);
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
});

describe('kill -9 of the whole process', () => {
  test('during a plan: the plan is made again', async () => {
    terrace = await startTerrace(await makeHome());
    const { id, runId } = await create();
    await apiOf(terrace).until(`/api/v1/runs/${runId}`, (run) => run.status === 'planning');
    await crash();
    const run = await apiOf(terrace).until(
      `/api/v1/runs/${runId}`,
      (one) => one.status === 'awaiting_review',
    );
    expect(run.error).toBeNull();
    await approvePlan(runId);
    await apiOf(terrace).until(`/api/v1/environments/${id}`, (environment) => environment.status === 'ready');
    await destroyAndProve(id);
  });

  test('during an apply: what was created is adopted, and the environment becomes ready', async () => {
    terrace = await startTerrace(await makeHome());
    const { id, runId } = await create();
    await apiOf(terrace).until(`/api/v1/runs/${runId}`, (run) => run.status === 'awaiting_review');
    await setFaults(id, [slow]);
    await approvePlan(runId);
    await apiOf(terrace).logged(runId, /helm_release.*Creating/);
    await crash();
    const environment = await apiOf(terrace).until(`/api/v1/environments/${id}`, ended);
    expect(environment).toMatchObject({ status: 'ready', error: null });
    const lines = await apiOf(terrace).log(runId);
    expect(lines).toContainEqual(expect.stringMatching(/^adopting kubernetes_namespace_v1\./));
    await destroyAndProve(id);
  });

  test('during a destroy: it goes on until nothing is left', async () => {
    terrace = await startTerrace(await makeHome());
    const { id } = await create({ review: 'auto' });
    await apiOf(terrace).until(`/api/v1/environments/${id}`, (environment) => environment.status === 'ready');
    await setFaults(id, [slowDestroy]);
    const { body } = await apiOf(terrace).call('DELETE', `/api/v1/environments/${id}`);
    await apiOf(terrace).logged(body.run_id, /helm_release.*Destroying/);
    await crash();
    const environment = await apiOf(terrace).until(
      `/api/v1/environments/${id}`,
      (one) => one.status === 'destroyed',
    );
    expect(environment.error).toBeNull();
    expect((await apiOf(terrace).get(`/api/v1/sandbox/environments/${id}/objects`)).items).toEqual([]);
  });
});
