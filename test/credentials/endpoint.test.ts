import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startCredentialEndpoint, type CredentialEndpoint } from '../../src/credentials/endpoint.js';
import type { SessionKeys } from '../../src/credentials/session.js';
import { appError } from '../../src/errors/app-error.js';
import { projectRoot } from '../../src/lib/project-root.js';
import { createLog } from '../../src/log/log.js';
import { startFakeAws, type FakeAws } from '../support/fake-aws/server.js';

let endpoint: CredentialEndpoint;
let aws: FakeAws;
let keys: SessionKeys;
beforeAll(async () => {
  endpoint = await startCredentialEndpoint({ log: createLog('silent', 'test') });
  aws = await startFakeAws({ '220000000001': {} });
  const expiration = new Date(Date.now() + 3_600_000);
  const arn = 'arn:aws:sts::220000000001:assumed-role/terrace-apply/run';
  keys = aws.world.issue(
    { account: '220000000001', arn, tags: {}, transitive: [] },
    expiration,
  ) as SessionKeys;
});
afterAll(async () => {
  await endpoint.close();
  await aws.close();
});

const ask = (url: string, authorization: string, method = 'GET') =>
  fetch(url, { method, headers: { authorization } });

test('keys are given to who has the token of the run, until it is revoked', async () => {
  const grant = endpoint.grant({ keys: () => Promise.resolve(keys) });
  const other = endpoint.grant({ keys: () => Promise.resolve({ ...keys, accessKeyId: 'OTHER' }) });
  const url = grant.env.AWS_CONTAINER_CREDENTIALS_FULL_URI!;
  expect(new URL(url).hostname).toBe('127.0.0.1');
  expect(await (await ask(url, grant.token)).json()).toEqual({
    AccessKeyId: keys.accessKeyId,
    SecretAccessKey: keys.secretAccessKey,
    Token: keys.sessionToken,
    Expiration: keys.expiration.toISOString(),
  });
  for (const wrong of [other.token, '', `${grant.token}x`]) expect((await ask(url, wrong)).status).toBe(401);
  expect((await ask(url, grant.token, 'POST')).status).toBe(401);
  expect((await ask(new URL('/', url).href, grant.token)).status).toBe(401);
  grant.revoke();
  expect((await ask(url, grant.token)).status).toBe(401);
});

test('a session that cannot be renewed is told with its code', async () => {
  const grant = endpoint.grant({
    keys: () => Promise.reject(appError('role_not_assumable', 'role x cannot be assumed')),
  });
  const answer = await ask(grant.env.AWS_CONTAINER_CREDENTIALS_FULL_URI!, grant.token);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ code: 'role_not_assumable', message: 'role x cannot be assumed' });
});

const plugin = (env: Record<string, string>) =>
  promisify(execFile)(
    process.execPath,
    [join(projectRoot, 'dist/src/main/eks-token.js'), 'shop', 'eu-central-1'],
    { env },
  );

test('the exec plugin makes a token that STS takes for the session, for this cluster alone', async () => {
  const grant = endpoint.grant({ keys: () => Promise.resolve(keys) });
  const { stdout } = await plugin({ ...grant.env, AWS_ENDPOINT_URL: aws.endpoint });
  const { apiVersion, kind, status } = JSON.parse(stdout);
  expect([apiVersion, kind]).toEqual(['client.authentication.k8s.io/v1', 'ExecCredential']);
  const lasts = Date.parse(status.expirationTimestamp) - Date.now();
  expect(lasts).toBeGreaterThan(13 * 60_000);
  expect(lasts).toBeLessThanOrEqual(14 * 60_000);
  const url = Buffer.from(status.token.replace('k8s-aws-v1.', ''), 'base64url').toString();
  const who = await fetch(url, { headers: { 'x-k8s-aws-id': 'shop' } });
  expect(await who.text()).toContain('<Arn>arn:aws:sts::220000000001:assumed-role/terrace-apply/run</Arn>');
  expect((await fetch(url, { headers: { 'x-k8s-aws-id': 'other' } })).status).toBe(403);
});

test('the exec plugin fails in one line, without a secret', async () => {
  const grant = endpoint.grant({ keys: () => Promise.resolve(keys) });
  grant.revoke();
  const failed = await plugin({ ...grant.env }).catch((error: { stderr: string }) => error);
  expect((failed as { stderr: string }).stderr).toBe('eks-token: the worker gave no credentials (401)\n');
});
