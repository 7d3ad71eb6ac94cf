import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { awaitReview } from './awaiting-review.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 1000 });
});
afterAll(() => app.close());

const environments = '/api/v1/environments';
const post = async (over: Record<string, unknown> = {}) =>
  app.admin.call('POST', environments, await app.admin.request(over));

async function reviewed(): Promise<{ environmentId: string; runId: string; planId: string }> {
  const { environment_id: environmentId, run_id: runId } = (await post()).body;
  return { environmentId, runId, planId: await awaitReview(app.database.db, { runId, environmentId }) };
}

describe('a body that cannot be read', () => {
  const send = (body: string, type: string) =>
    app.bare('POST', environments, { authorization: `Bearer ${app.adminToken}`, 'content-type': type }, body);

  test.each([
    ['{"name": ', 'application/json', 400, 'malformed_json', /^the body is not JSON: /],
    [
      'name=x',
      'application/x-www-form-urlencoded',
      415,
      'unsupported_media_type',
      /^content type application\/x-www-form-urlencoded is not supported: send application\/json$/,
    ],
    ['{}', 'text/plain', 415, 'unsupported_media_type', /^content type text\/plain is not supported/],
    [
      '{}',
      'application/json; charset=latin1',
      415,
      'unsupported_media_type',
      /^the body must be JSON in UTF-8, not latin1$/,
    ],
    [
      `"${'x'.repeat(1_048_576)}"`,
      'application/json',
      413,
      'body_too_large',
      /^the body is larger than 1 MiB$/,
    ],
  ])('%.20s as %s', async (...[body, type, status, code, detail]) => {
    const answer = await send(body, type);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail).toMatch(detail);
  });

  test.each(['5', '[]', 'null', '"text"'])('JSON that is no object: %s', async (body) => {
    expect(await send(body, 'application/json')).toMatchObject({
      status: 422,
      body: { detail: 'the body: must be an object', errors: [{ path: '', message: 'must be an object' }] },
    });
  });

  test('a nesting without end', async () => {
    const body = `{"spec":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`;
    const { status, body: told } = await send(body, 'application/json');
    expect(status).toBe(422);
    expect(told.errors).toContainEqual({ path: 'spec.a.a', message: 'is nested deeper than 64 levels' });
    const lists = await app.admin.call('POST', environments, `${'['.repeat(500_000)}${']'.repeat(500_000)}`);
    expect([lists.status, lists.body.code]).toEqual([422, 'invalid_request']);
  });

  test('names that mean something to JavaScript', async () => {
    const { body } = await send('{"spec":{"__proto__":{"a":1}}}', 'application/json');
    expect(body.errors).toContainEqual({ path: 'spec', message: 'holds a field name that is not allowed' });
  });
});

describe('a request for an environment', () => {
  const long = 'x'.repeat(41);
  const nameForm = 'must be lower-case letters, digits and -, start with a letter and not end with -';
  test.each<[Record<string, unknown>, string, string]>([
    [{ name: undefined }, 'name', 'is required'],
    [{ name: 5 }, 'name', 'must be a string'],
    [{ name: 'Shop' }, 'name', nameForm],
    [{ name: '-shop' }, 'name', nameForm],
    [{ name: 'shop-' }, 'name', nameForm],
    [{ name: 'shop_1' }, 'name', nameForm],
    [{ name: 'a/../b' }, 'name', nameForm],
    [{ name: long }, 'name', 'must be at most 40 characters'],
    [{ colour: 'red' }, 'colour', 'unknown field'],
    [{ review: 'never' }, 'review', 'must be one of: required, auto'],
    [{ rollback_on_failure: 'yes' }, 'rollback_on_failure', 'must be true or false'],
    [{ ttl_hours: 0 }, 'ttl_hours', 'must be at least 1'],
    [{ ttl_hours: 1.5 }, 'ttl_hours', 'must be a whole number'],
    [{ labels: [] }, 'labels', 'must be an object'],
    [{ labels: { team: 5 } }, 'labels.team', 'must be a string'],
    [{ spec: 'none' }, 'spec', 'must be an object'],
    [{ spec: { variables: { A: 'a\0b' } } }, 'spec.variables.A', 'holds a character that cannot be stored'],
    [{ spec: { variables: { A: '\ud800' } } }, 'spec.variables.A', 'holds a character that cannot be stored'],
    [{ tenant_id: undefined }, 'tenant_id', 'is required: this token is bound to no tenant'],
  ])('with %j', async (over, path, message) => {
    const { status, body } = await post(over);
    expect([status, body.code, body.detail]).toEqual([422, 'invalid_request', `${path}: ${message}`]);
    expect(body.errors).toEqual([{ path, message }]);
  });

  test('names every fault at once', async () => {
    const { status, body } = await app.admin.call('POST', environments, {
      name: 'X',
      review: 1,
      extra: {},
      more: 1,
    });
    expect(status).toBe(422);
    expect(body.errors.map((one: Json) => one.path).sort()).toEqual([
      'account_id',
      'blueprint',
      'extra',
      'more',
      'name',
      'region',
      'review',
    ]);
    expect(body.detail).toMatch(/^7 fields are wrong: /);
  });

  test('for things that do not exist', async () => {
    expect(await post({ tenant_id: 'ten_x' })).toMatchObject({
      status: 404,
      body: { detail: 'no tenant ten_x' },
    });
    expect(await post({ account_id: 'acc_x' })).toMatchObject({
      status: 404,
      body: { detail: 'no account acc_x' },
    });
    expect(await post({ blueprint: 'shop@1' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_blueprint', detail: 'no blueprint shop@1; known: app@1, isp@1, platform@1' },
    });
    expect(await post({ blueprint: 'app@9' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_blueprint', detail: 'no blueprint app@9; known: app@1, isp@1, platform@1' },
    });
    expect(await post({ region: 'mars-1' })).toMatchObject({
      status: 422,
      body: {
        code: 'region_not_allowed',
        detail: 'region mars-1 is not allowed: use one of: eu-central-1, us-east-1',
        errors: [{ path: 'region', message: 'use one of: eu-central-1, us-east-1' }],
      },
    });
  });

  test('with a spec that its blueprint refuses names the fields below spec', async () => {
    const { status, body } = await post({ spec: { namespace: 'Not_A_Name', unknown: 1 } });
    expect([status, body.code]).toEqual([422, 'invalid_request']);
    const paths = body.errors.map((one: Json) => one.path);
    expect(paths).toEqual(expect.arrayContaining(['spec.namespace', 'spec.unknown']));
  });

  test('with a name in use', async () => {
    const { name } = (await post()).body;
    expect(await post({ name })).toMatchObject({
      status: 409,
      body: { code: 'environment_name_taken', detail: `the tenant already has an environment named ${name}` },
    });
  });

  test('beyond the limit', async () => {
    const few = await startApp({ maxEnvironments: 1 });
    try {
      const request = async () => few.admin.call('POST', environments, await few.admin.request());
      expect((await request()).status).toBe(202);
      expect(await request()).toMatchObject({
        status: 422,
        body: {
          code: 'environment_limit',
          detail:
            '1 environments are the most that this token may own (MAX_ENVIRONMENTS_PER_USER); destroy one first',
        },
      });
    } finally {
      await few.close();
    }
  });
});

test('has its defaults where it is silent', async () => {
  const { status, headers, body } = await post();
  expect(status).toBe(202);
  expect(body).toMatchObject({
    status: 'queued',
    run_status: 'queued',
    review: 'required',
    rollback_on_failure: true,
    deletion_protection: false,
    ttl_hours: null,
    expires_at: null,
    labels: {},
    revision: 1,
    outputs: {},
    endpoint_url: null,
  });
  expect(headers.get('location')).toBe(`${environments}/${body.environment_id}`);
  expect(headers.get('etag')).toBe('"1"');
});

describe('a query', () => {
  test.each([
    ['limit=0', 'limit', 'must be at least 1'],
    ['limit=201', 'limit', 'must be at most 200'],
    ['limit=ten', 'limit', 'must be a number'],
    ['limit=1.5', 'limit', 'must be a whole number'],
    ['limit=1&limit=2', 'limit', 'must be a number'],
    ['colour=red', 'colour', 'unknown field'],
    ['label=team', 'label', 'must be key=value'],
    ['q=%00', 'q', 'holds a character that cannot be stored'],
  ])('%s', async (query, path, message) => {
    const { status, body } = await app.admin.call('GET', `${environments}?${query}`);
    expect([status, body.errors]).toEqual([422, [{ path, message }]]);
  });

  test('a path with a broken escape', async () => {
    expect((await app.admin.call('GET', `${environments}/%zz`)).body.detail).toBe(
      'the path is not well-formed: a % is not followed by two hex digits',
    );
  });
});

describe('a review', () => {
  test('of an old plan id', async () => {
    const { runId, planId } = await reviewed();
    const answer = await app.admin.call('POST', `/api/v1/runs/${runId}/approve`, { plan_id: 'plan_old' });
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: 'plan_mismatch',
        detail: `plan plan_old is not the current plan of run ${runId}; that is ${planId}`,
        plan_id: planId,
      },
    });
  });

  test('a second time', async () => {
    const { runId, planId } = await reviewed();
    const approve = () => app.admin.call('POST', `/api/v1/runs/${runId}/approve`, { plan_id: planId });
    const first = await approve();
    expect([first.status, first.headers.get('location')]).toEqual([202, `/api/v1/runs/${runId}`]);
    expect(first.body).toMatchObject({ status: 'approved', allowed_actions: ['cancel'] });
    expect(await approve()).toMatchObject({
      status: 409,
      body: {
        code: 'action_not_allowed',
        detail: `run ${runId} is approved: approve is not possible`,
        status: 409,
        current_status: 'approved',
        allowed_actions: ['cancel'],
      },
    });
  });

  test('without a plan id, and of a run that has no plan yet', async () => {
    const { run_id: runId } = (await post()).body;
    const path = `/api/v1/runs/${runId}`;
    expect((await app.admin.call('POST', `${path}/approve`, {})).body.errors).toEqual([
      { path: 'plan_id', message: 'is required' },
    ]);
    expect((await app.admin.call('POST', `${path}/approve`)).body.errors).toEqual([
      { path: '', message: 'is required' },
    ]);
    expect((await app.admin.call('POST', `${path}/reject`)).body.detail).toBe(
      `run ${runId} is queued and has no plan yet`,
    );
    expect((await app.admin.call('GET', `${path}/plan`)).body.detail).toBe(
      `run ${runId} is queued and has no plan`,
    );
  });

  test('is read with the run, as is the plan in both its forms', async () => {
    const { runId, planId } = await reviewed();
    await app.admin.call('POST', `/api/v1/runs/${runId}/reject`, { note: 'too big' });
    const run = await app.admin.get(`/api/v1/runs/${runId}`);
    expect(run).toMatchObject({
      status: 'rejected',
      plan: { plan_id: planId, summary: { create: 1 } },
      policy: null,
    });
    expect(run.reviews).toEqual([
      expect.objectContaining({ decision: 'reject', note: 'too big', plan_id: planId }),
    ]);
    expect((await app.admin.get(`/api/v1/runs/${runId}/plan`)).plan_id).toBe(planId);
    const read = (query: string, accept: string) =>
      app.admin.call('GET', `/api/v1/runs/${runId}/plan${query}`, undefined, { accept });
    const text = await read('?form=terraform', 'text/plain');
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(text.body).toBe('Plan: 1 to add, 0 to change, 0 to destroy.');
    expect((await read('', 'text/plain')).body).toBe(`plan ${planId}: 1 to create; risk low\n`);
    expect((await read('?color=always', 'text/plain')).body).toContain('\u001b[33m');
    const markdown = await read('', 'text/markdown');
    expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(markdown.body).toContain('1 to create; risk low');
    expect((await read('?form=hcl', 'text/plain')).status).toBe(422);
    expect((await read('?cursor=garbled', 'application/json')).body).toMatchObject({
      code: 'invalid_cursor',
    });
  });
});

describe('a second run', () => {
  test('while one is active', async () => {
    const { environmentId, runId } = await reviewed();
    expect(await app.admin.call('DELETE', `${environments}/${environmentId}`)).toMatchObject({
      status: 409,
      body: {
        code: 'active_run',
        detail: `environment ${environmentId} already has an active run ${runId}`,
        run_id: runId,
      },
    });
  });

  test('delete while deleting', async () => {
    const { environmentId, runId } = await reviewed();
    await app.admin.call('POST', `/api/v1/runs/${runId}/cancel`);
    const first = await app.admin.call('DELETE', `${environments}/${environmentId}`);
    expect(first).toMatchObject({ status: 202, body: { status: 'destroy_queued' } });
    const second = await app.admin.call('DELETE', `${environments}/${environmentId}`);
    expect(second.body.detail).toBe(
      `environment ${environmentId} already has an active run ${first.body.run_id}`,
    );
  });

  test('delete while protected', async () => {
    const { environment_id: id, run_id: runId } = (await post({ deletion_protection: true })).body;
    await app.admin.call('POST', `/api/v1/runs/${runId}/cancel`);
    expect(await app.admin.call('DELETE', `${environments}/${id}`)).toMatchObject({
      status: 409,
      body: { code: 'deletion_protected', detail: `environment ${id} has deletion protection` },
    });
  });

  test('cancel of what has ended', async () => {
    const { run_id: runId } = (await post()).body;
    const cancel = () => app.admin.call('POST', `/api/v1/runs/${runId}/cancel`);
    expect((await cancel()).body.status).toBe('canceled');
    expect((await cancel()).body).toMatchObject({
      detail: `run ${runId} is canceled: cancel is not possible`,
      allowed_actions: [],
    });
  });
});

test('blueprints tell their schema and an example that is accepted', async () => {
  const { items } = await app.admin.get('/api/v1/blueprints');
  expect(items[0]).toMatchObject({ name: 'app', version: 1, ref: 'app@1', schema: { type: 'object' } });
  expect(await app.admin.get('/api/v1/blueprints/app')).toEqual(items[0]);
  expect(await app.admin.get('/api/v1/blueprints/app@1')).toEqual(items[0]);
  expect((await app.admin.call('GET', '/api/v1/blueprints/shop')).body.detail).toBe('no blueprint shop');
  expect((await post({ spec: items[0].example })).status).toBe(202);
});
