import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { problem } from '../../api/schemas/common.js';
import * as environments from '../../api/schemas/environment.js';
import * as runs from '../../api/schemas/run.js';
import { startApp, type AppUnderTest } from './app-under-test.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

test('the description is whole: every reference leads somewhere, every path parameter is declared', async () => {
  const description = await app.admin.get('/openapi.json');
  expect(description.openapi).toBe('3.1.0');
  const text = JSON.stringify(description);
  const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]!);
  for (const name of new Set(names)) expect(description.components.schemas).toHaveProperty(name);
  expect(text).not.toContain('$defs');
  const ids: string[] = [];
  for (const [path, methods] of Object.entries<
    Record<string, { operationId: string; parameters: unknown[] }>
  >(description.paths))
    for (const operation of Object.values(methods)) {
      ids.push(operation.operationId);
      for (const [, name] of path.matchAll(/\{(\w+)\}/g))
        expect(operation.parameters).toContainEqual(
          expect.objectContaining({ name, in: 'path', required: true }),
        );
    }
  expect(new Set(ids).size).toBe(ids.length);
});

test('a request names what it needs, its answers and what can go wrong', async () => {
  const { paths, components } = await app.admin.get('/openapi.json');
  const post = paths['/api/v1/environments'].post;
  expect(post.requestBody).toEqual({
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/CreateEnvironment' } } },
  });
  expect(components.schemas.CreateEnvironment.required).toEqual([
    'name',
    'account_id',
    'region',
    'blueprint',
  ]);
  expect(Object.keys(post.responses)).toEqual(
    expect.arrayContaining(['202', '400', '401', '403', '404', '409', '413', '415', '422', '500', '503']),
  );
  expect(post.responses['202'].headers).toHaveProperty('Location');
  expect(post.parameters).toContainEqual(expect.objectContaining({ name: 'Idempotency-Key' }));
  expect(paths['/health'].get.security).toEqual([]);
});

test('answers are as they are described', async () => {
  const made = await app.admin.call(
    'POST',
    '/api/v1/environments',
    await app.admin.request({ labels: { team: 'a' } }),
  );
  environments.requested.parse(made.body);
  const id = made.body.environment_id;
  environments.environment.parse(await app.admin.get(`/api/v1/environments/${id}`));
  environments.environmentPage.parse(await app.admin.get('/api/v1/environments?label=team%3Da&q=app'));
  environments.eventPage.parse(await app.admin.get(`/api/v1/environments/${id}/events`));
  environments.outputs.parse(await app.admin.get(`/api/v1/environments/${id}/outputs`));
  runs.runDetail.parse(await app.admin.get(`/api/v1/runs/${made.body.run_id}`));
  runs.runPage.parse(await app.admin.get(`/api/v1/runs?environment_id=${id}&kind=create&status=queued`));
  runs.logPage.parse(await app.admin.get(`/api/v1/runs/${made.body.run_id}/logs`));
  problem.parse(await app.admin.get('/api/v1/runs/run_none'));
});
