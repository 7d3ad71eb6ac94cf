import { describe, expect, test } from '@jest/globals';
import { exampleSpec, type Json } from '../support/api.js';
import { api } from './product.js';

const settled = (body: Json) => ['ready', 'failed', 'rolled_back', 'destroyed'].includes(body.status);

async function create(over: Record<string, unknown> = {}): Promise<Json> {
  const answer = await api.call('POST', '/api/v1/environments', await api.request(over));
  expect(answer).toMatchObject({ status: 202, body: { status: 'queued' } });
  expect(answer.headers.get('location')).toBe(`/api/v1/environments/${answer.body.environment_id}`);
  return answer.body;
}

const reviewed = (runId: string) =>
  api.until(`/api/v1/runs/${runId}`, (run) => run.status === 'awaiting_review' || run.finished_at !== null);

async function approve(runId: string): Promise<Json> {
  const run = await reviewed(runId);
  expect(run).toMatchObject({ status: 'awaiting_review', error: null });
  const answer = await api.call('POST', `/api/v1/runs/${runId}/approve`, {
    plan_id: run.plan.plan_id,
    confirm: run.review.confirm,
  });
  expect(answer.status).toBe(202);
  return run;
}

describe('the main job', () => {
  test('create, plan, review, apply, ready, delete, and nothing is left', async () => {
    const { environment_id: id, run_id: runId } = await create();
    const run = await approve(runId);
    expect(run.plan.summary.create).toBeGreaterThan(8);
    const ready = await api.until(`/api/v1/environments/${id}`, settled);
    expect(ready).toMatchObject({ status: 'ready', error: null, health: { overall: 'healthy' } });
    expect(ready.endpoint_url).toBe('https://shop.acme.example.com');
    const objects = await api.get(`/api/v1/sandbox/environments/${id}/objects`);
    expect(objects.items).toHaveLength(run.plan.summary.create);

    const deleted = await api.call('DELETE', `/api/v1/environments/${id}`);
    expect(deleted).toMatchObject({ status: 202, body: { environment_id: id, status: 'destroy_queued' } });
    const destroyRun = await approve(deleted.body.run_id);
    expect(destroyRun.plan.summary).toMatchObject({ create: 0, delete: run.plan.summary.create });
    const destroyed = await api.until(`/api/v1/environments/${id}`, settled);
    expect(destroyed).toMatchObject({ status: 'destroyed', error: null });
    expect((await api.get(`/api/v1/sandbox/environments/${id}/objects`)).items).toEqual([]);
  });

  test('the plan is readable as structure and as the text of terraform, secrets masked', async () => {
    const { run_id: runId } = await create();
    await reviewed(runId);
    const plan = await api.get(`/api/v1/runs/${runId}/plan`);
    expect(plan.changes.map((change: Json) => change.address)).toContain('kubernetes_namespace_v1.namespace');
    const text = await api.call('GET', `/api/v1/runs/${runId}/plan?form=terraform`, undefined, {
      accept: 'text/plain',
    });
    expect(text.body).toContain('kubernetes_namespace_v1.namespace will be created');
    expect(text.body).toContain('(sensitive value)');
  });

  test('review auto goes on by itself, each step timed', async () => {
    const { environment_id: id, run_id: runId } = await create({ review: 'auto' });
    const ready = await api.until(`/api/v1/environments/${id}`, settled);
    expect(ready).toMatchObject({ status: 'ready', error: null });
    const run = await api.get(`/api/v1/runs/${runId}`);
    expect(run.timings.map((timing: Json) => timing.step)).toEqual(
      expect.arrayContaining(['synth', 'plan', 'apply']),
    );
    const events = await api.get(`/api/v1/environments/${id}/events`);
    expect(events.items.map((event: Json) => event.type)).toEqual([
      'run_queued',
      'run_planning',
      'run_approved',
      'run_applying',
      'run_verifying',
      'run_succeeded',
    ]);
  });

  test('every database and cache the blueprint offers becomes ready and goes again', async () => {
    const network = {
      vpc_id: 'vpc-0a1b2c3d4e5f60718',
      vpc_cidr: '10.0.0.0/16',
      subnet_ids: ['subnet-0a1b2c3d4e5f60718', 'subnet-1a1b2c3d4e5f60718'],
    };
    const spec = { ...exampleSpec, network, database: { mode: 'rds' }, cache: { mode: 'elasticache' } };
    const { environment_id: id } = await create({ review: 'auto', spec });
    expect(await api.until(`/api/v1/environments/${id}`, settled)).toMatchObject({
      status: 'ready',
      error: null,
    });
    await api.call('DELETE', `/api/v1/environments/${id}`);
    expect(await api.until(`/api/v1/environments/${id}`, (e) => e.status === 'destroyed')).toMatchObject({
      error: null,
    });
    expect((await api.get(`/api/v1/sandbox/environments/${id}/objects`)).items).toEqual([]);
  });

  test('a rejected plan ends the run and changes nothing', async () => {
    const { environment_id: id, run_id: runId } = await create();
    const { plan } = await reviewed(runId);
    const answer = await api.call('POST', `/api/v1/runs/${runId}/reject`, {
      plan_id: plan.plan_id,
      note: 'too large',
    });
    expect(answer).toMatchObject({ status: 202, body: { status: 'rejected' } });
    const environment = await api.get(`/api/v1/environments/${id}`);
    expect(environment).toMatchObject({ status: 'failed', error: { code: 'run_rejected' } });
    expect((await api.get(`/api/v1/sandbox/environments/${id}/objects`)).items).toEqual([]);
  });

  test('a failing create is rolled back by itself, and nothing is left', async () => {
    const { environment_id: id, run_id: runId } = await create();
    await reviewed(runId);
    const fault = { kind: 'fail', type: 'helm_release', on: 'create', message: 'chart not found' };
    const set = await api.call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults: [fault] });
    expect(set.status).toBe(200);
    await approve(runId);
    const environment = await api.until(`/api/v1/environments/${id}`, settled);
    expect(environment).toMatchObject({
      status: 'rolled_back',
      error: { code: 'apply_failed', step: 'apply' },
    });
    expect(environment.error.message).toContain('chart not found');
    expect((await api.get(`/api/v1/sandbox/environments/${id}/objects`)).items).toEqual([]);
  });

  test('a run canceled in mid-apply stops, keeps its state, and can be deleted', async () => {
    const { environment_id: id, run_id: runId } = await create();
    await reviewed(runId);
    const fault = { kind: 'delay', type: 'helm_release', delay_ms: 3000 };
    await api.call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults: [fault] });
    await approve(runId);
    await api.logged(runId, /helm_release.*Creating/);
    const asked = performance.now();
    expect((await api.call('POST', `/api/v1/runs/${runId}/cancel`, {})).status).toBe(202);
    await api.logged(runId, /Interrupt received/i);
    expect(performance.now() - asked).toBeLessThan(2000);
    const run = await api.until(`/api/v1/runs/${runId}`, (one) => one.finished_at !== null);
    expect(run).toMatchObject({ status: 'canceled', error: { code: 'run_canceled', step: 'apply' } });
    const { error, status, allowed_actions: actions } = await api.get(`/api/v1/environments/${id}`);
    expect({ status, actions }).toMatchObject({
      status: 'failed',
      actions: expect.arrayContaining(['retry', 'delete']),
    });
    expect(error.message).toMatch(
      /^the run was canceled in apply: [1-9]\d* resources exist: \S+, .*kubernetes_namespace_v1.*; retry goes on from there, delete removes what exists$/,
    );
    const deleted = await api.call('DELETE', `/api/v1/environments/${id}`);
    await approve(deleted.body.run_id);
    await api.until(`/api/v1/environments/${id}`, (environment) => environment.status === 'destroyed');
    expect((await api.get(`/api/v1/sandbox/environments/${id}/objects`)).items).toEqual([]);
  });
});
