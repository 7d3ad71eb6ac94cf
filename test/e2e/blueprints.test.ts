/** A blueprint from outside, from its request to its end, which it need not live to see. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../../src/lib/project-root.js';
import { apiOf } from '../support/api.js';
import { makeServedHome, removeHome, startTerrace } from '../support/terrace.js';

test('an environment of a blueprint from outside is made; without it, it is checked for drift, rolled back and destroyed', async () => {
  const home = await makeServedHome();
  const folder = join(projectRoot, 'test/stacks/third-party');
  const first = await startTerrace(home, { BLUEPRINT_PATHS: folder });
  const api = apiOf(first);
  expect(await api.get('/api/v1/blueprints/greeting')).toMatchObject({
    ref: 'greeting@1',
    schema: { properties: { greeting: { default: 'hello', maxLength: 100 } } },
    resources: expect.arrayContaining([
      { address: 'kubernetes_config_map_v1.greeting', fields: ['greeting'] },
    ]),
  });
  const wrong = await api.request({ blueprint: 'greeting@1', spec: { greeting: 7 } });
  expect((await api.call('POST', '/api/v1/environments', wrong)).body.errors).toMatchObject([
    { path: 'spec.greeting' },
  ]);
  const request = await api.request({
    blueprint: 'greeting',
    spec: { greeting: 'good day' },
    review: 'auto',
  });
  const { body } = await api.call('POST', '/api/v1/environments', request);
  const path = `/api/v1/environments/${body.environment_id}`;
  expect(await api.until(path, (one) => one.status === 'ready')).toMatchObject({ blueprint: 'greeting@1' });
  const patch = { spec: { greeting: 'good night' } };
  expect((await api.call('PATCH', path, patch, { 'if-match': '*' })).status).toBe(202);
  await api.until(path, (one) => one.applied_revision === 2);
  expect(await first.stop()).toBe(0);

  const second = await startTerrace(home);
  expect(second.stderr()).toContain('1 environments have blueprint greeting@1, which is not loaded');
  const again = apiOf(second);
  expect((await again.call('POST', '/api/v1/environments', request)).body.code).toBe('unknown_blueprint');
  await again.call('POST', `${path}/drift-check`);
  expect((await again.until(path, (one) => one.drift !== null)).drift).toMatchObject({ status: 'in_sync' });
  const objects = `/api/v1/sandbox/environments/${body.environment_id}/objects`;
  expect(JSON.stringify(await again.get(objects))).toContain('good night');
  expect((await again.call('POST', `${path}/rollback`, { revision: 1 })).status).toBe(202);
  await again.until(path, (one) => one.applied_revision === 3);
  expect(JSON.stringify(await again.get(objects))).toContain('good day');
  expect((await again.call('DELETE', path)).status).toBe(202);
  await again.until(path, (one) => one.status === 'destroyed');
  expect(await again.get(objects)).toMatchObject({ items: [] });
  expect(await second.stop()).toBe(0);
  await removeHome(home);
});
