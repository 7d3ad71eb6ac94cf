/** The network to STS is cut before a plan and before an apply, on the whole product, against the stand-in for AWS. */
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { projectRoot } from '../../src/lib/project-root.js';
import { apiOf, type Api, type Json } from '../support/api.js';
import { applyRole, customer, planRole } from '../support/fake-aws/customer.js';
import { startFakeAws } from '../support/fake-aws/server.js';
import { makeServedHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';
import { startWire } from '../support/wire.js';

const id = '240000000001';
const aws = await startFakeAws();
const wire = await startWire(Number(new URL(aws.endpoint).port));
const home = await makeServedHome();
let terrace: Terrace | undefined;
afterAll(async () => {
  await terrace?.stop();
  wire.close();
  await aws.close();
  await removeHome(home);
});

/** An environment of the blueprint that runs a script, in an account that was verified. */
async function request(api: Api): Promise<{ runId: string; account: string }> {
  const { body: tenant } = await api.call('POST', '/api/v1/tenants', { name: 'Globex', slug: 'globex' });
  const { body: account } = await api.call('POST', '/api/v1/accounts', {
    tenant_id: tenant.tenant_id,
    name: 'prod',
    provider: 'aws',
    cloud_account_id: id,
    regions: ['eu-central-1'],
    plan_role_arn: planRole(id),
    apply_role_arn: applyRole(id),
  });
  const path = `/api/v1/accounts/${account.account_id}`;
  aws.put(id, customer((await api.get(`${path}/external-id`)).external_id));
  expect((await api.call('POST', `${path}/verify`)).body.verified).toBe(true);
  wire.cut();
  const { body } = await api.call('POST', '/api/v1/environments', {
    tenant_id: tenant.tenant_id,
    account_id: account.account_id,
    name: 'shop',
    region: 'eu-central-1',
    blueprint: 'probe@1',
    rollback_on_failure: false,
    spec: {
      script: join(projectRoot, 'test/credentials/probe.mjs'),
      hold: join(home, 'hold'),
    },
  });
  return { runId: body.run_id, account: path };
}

test('runs try again, each attempt told, and end right when it is back', async () => {
  terrace = await startTerrace(home, {
    BLUEPRINT_PATHS: join(projectRoot, 'test/credentials/probe-blueprint'),
    AWS_ENDPOINT_URL: `http://127.0.0.1:${wire.port}`,
    AWS_ACCESS_KEY_ID: aws.controlKeys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.controlKeys.secretAccessKey,
    RETRY_FIRST_WAIT: '1',
    HEALTH_CHECK_TIMEOUT: '1',
    RETRY_ATTEMPTS: '5',
  });
  const api = apiOf(terrace);
  const { runId, account } = await request(api);
  const run = `/api/v1/runs/${runId}`;
  const tried = (step: string) =>
    api.until(run, ({ attempts }) => attempts.some((one: Json) => one.step === step));
  await tried('plan');
  await wire.mend();
  const { plan, review } = await api.until(run, ({ status }) => status === 'awaiting_review');
  wire.cut();
  await api.call('POST', `${run}/approve`, { plan_id: plan.plan_id, confirm: review.confirm });
  await tried('apply');
  await wire.mend();
  const ended = await api.until(run, ({ finished_at: at }) => at !== null);
  // Applied; a script is nothing whose health could be seen.
  expect(ended).toMatchObject({ error: { code: 'health_check_failed' }, interruptions: 0 });
  for (const { code, message } of ended.attempts)
    expect([code, message]).toEqual([
      'cloud_unavailable',
      expect.stringMatching(/^could not assume role \S+: ECONNREFUSED; ask again$/),
    ]);
  expect((await api.get(account)).breakers).toMatchObject([{ state: 'closed', failures: 0 }]);
}, 120_000);
