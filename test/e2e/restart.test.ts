/** One home with a server of its own through its restarts: SIGTERM, kill -9, another key. */
import { execFile } from 'node:child_process';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { projectRoot } from '../../src/lib/project-root.js';
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

test('SIGTERM hands a run over, tells its listeners to come back, and the next process ends it right, with the token of before; an unknown TERRACE_ name is warned of', async () => {
  const { id, runId } = await create();
  await apiOf(terrace).until(`/api/v1/runs/${runId}`, (run) => run.status === 'awaiting_review');
  await setFaults(id, [slow]);
  await approvePlan(runId);
  await apiOf(terrace).logged(runId, /helm_release.*Creating/);
  const headers = { authorization: `Bearer ${terrace.token}`, accept: 'text/event-stream' };
  const stream = await fetch(`${terrace.url}/api/v1/runs/${runId}/logs`, { headers });
  const told = stream.text();
  const { home, token } = terrace;
  expect(await terrace.stop()).toBe(0);
  expect(await told).toMatch(/\n\nretry: 1000\n: this server is stopping\n\n$/);
  terrace = await startTerrace(home, { TERRACE_HOEM: 'x' });
  expect(terrace.token).toBe(token);
  expect(terrace.stderr()).toContain('unknown setting TERRACE_HOEM');
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

test('a home keeps token, key and password from other users', async () => {
  for (const name of ['token', 'state-encryption-key', 'postgres.json'])
    expect((await stat(join(terrace.home, name))).mode & 0o077).toBe(0);
});

test('a key is changed under a running Terrace: a plan of before is applied after, without the former key', async () => {
  const { home } = terrace;
  const keyFile = join(home, 'state-encryption-key');
  const { runId } = await create();
  await apiOf(terrace).until(`/api/v1/runs/${runId}`, (run) => run.status === 'awaiting_review');
  expect(await terrace.stop()).toBe(0);

  await rename(keyFile, `${keyFile}.previous`);
  terrace = await startTerrace(home);
  const command = join(projectRoot, 'dist/src/main/rotate-key.js');
  const { stdout } = await promisify(execFile)(process.execPath, [command], {
    env: { PATH: process.env['PATH'] ?? '', TERRACE_HOME: home },
  });
  expect(stdout).toMatch(/^plans\.plan_file: [1-9]\d* sealed anew$/m);
  expect(stdout).toMatch(/\ndone: \d+ sealed anew, nothing is sealed by a former key\n$/);
  expect(await terrace.stop()).toBe(0);

  await rm(`${keyFile}.previous`);
  terrace = await startTerrace(home);
  await approvePlan(runId);
  const run = await apiOf(terrace).until(`/api/v1/runs/${runId}`, ({ finished_at }) => finished_at !== null);
  expect(run).toMatchObject({ status: 'succeeded', error: null });
}, 60_000);
