/** Docker and shared database servers after a destroy: a stand-in for Docker, and a real PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loginFor } from '../../src/credentials/pgpass.js';
import { newId } from '../../src/lib/ids.js';
import { Redactor } from '../../src/log/redactor.js';
import type { Place } from '../../src/receipt/receipt.js';
import { environmentNames } from '../../src/spec/names.js';
import { serversOf } from '../../src/terraform/stack-servers.js';
import { searchServers } from '../../worker/receipt-servers.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startFakeDocker, type FakeDocker } from '../support/fake-docker.js';

const environmentId = newId('environment');
const tenantId = newId('tenant');
let database: TestDatabase;
let docker: FakeDocker;
let logins: string;
beforeAll(async () => {
  [database, logins] = await Promise.all([
    createTestDatabase('empty'),
    mkdtemp(join(tmpdir(), 'terrace-logins-')),
  ]);
});
afterAll(async () => {
  await database.drop();
  await rm(logins, { recursive: true });
});
beforeEach(async () => {
  docker = await startFakeDocker();
});
afterEach(() => docker.close());

const search = async (provider: object, settings: object = {}): Promise<Place[]> => {
  const config = { DOCKER_SOCKET: docker.socketPath, DATABASE_LOGINS_FOLDER: logins, ...settings };
  const patience = { waitMs: 0, againMs: 1, signal: new AbortController().signal };
  const searched = await searchServers(
    { config: config as never },
    { run: { tenantId } as never, redactor: new Redactor() },
    { environmentId, stack: JSON.stringify({ provider }), patience },
  );
  return searched.map(({ place }) => place);
};

describe('Docker', () => {
  const place = "docker on the worker's machine";
  const remedy = 'see that Docker runs there and that workers may use its socket, DOCKER_SOCKET';
  const look = async (settings?: object) => (await search({ docker: [{}] }, settings))[0];

  test('is searched by label, also for what does not run', async () => {
    const labels = { 'terrace.dev/environment-id': environmentId };
    docker.objects.push(
      { kind: 'container', name: 'shop-web', labels, running: false },
      { kind: 'container', name: 'other', labels: { 'terrace.dev/environment-id': `${environmentId}x` } },
      { kind: 'network', name: 'shop-data', labels },
      { kind: 'volume', name: 'shop-database', labels },
      { kind: 'volume', name: 'bare', labels: {} },
    );
    const found = [
      { type: 'docker_container', id: 'shop-web' },
      { type: 'docker_network', id: 'shop-data' },
      { type: 'docker_volume', id: 'shop-database' },
    ];
    expect(await look()).toEqual({ place, found, reason: null });
    docker.objects.length = 0;
    expect(await look()).toEqual({ place, found: [], reason: null });
  });

  test('that does not answer, or refuses, is not told as empty', async () => {
    expect(await look({ DOCKER_SOCKET: join(logins, 'none.sock') })).toEqual({
      place,
      found: null,
      reason: `it does not answer (ENOENT): ${remedy}`,
    });
    docker.fail(500);
    expect(await look()).toEqual({ place, found: null, reason: `it answers 500: ${remedy}` });
  });
});

describe('a shared database server', () => {
  const url = () => new URL(database.url);
  const server = () => ({
    host: url().hostname,
    port: Number(url().port),
    database: url().pathname.slice(1),
    sslmode: 'disable',
  });
  const place = () => `database server ${server().host}:${server().port}, ${server().database}`;
  const look = async (over: object = {}) => (await search({ postgresql: [{ ...server(), ...over }] }))[0];
  const keep = (line: string) => writeFile(join(logins, tenantId), `# kept by nobody\n${line}\n`);
  const own = () => keep(`${server().host}:*:*:${url().username}:${url().password}`);

  test("is searched for all that has the environment's names", async () => {
    await own();
    const identity = { environment_id: environmentId, environment_name: 'shop', tenant_slug: 'acme' };
    const { schema, namespace } = environmentNames(identity);
    await database.db.query(`create role ${schema}`);
    await database.db.query(`create schema ${schema}`);
    await database.db.query(`create schema acme_shop_${randomBytes(4).toString('hex')}`);
    await database.db.query(`create database "${namespace}"`);
    expect(await look()).toEqual({
      place: place(),
      found: [
        { type: 'postgresql_database', id: namespace },
        { type: 'postgresql_role', id: schema },
        { type: 'postgresql_schema', id: schema },
      ],
      reason: null,
    });
    await database.db.query(`drop schema ${schema}`);
    await database.db.query(`drop role ${schema}`);
    await database.db.query(`drop database "${namespace}"`);
    expect(await look()).toEqual({ place: place(), found: [], reason: null });
  });

  test('that cannot be searched is told with the reason', async () => {
    await keep('another.example.com:5432:*:admin:secret');
    expect(await look()).toEqual({
      place: place(),
      found: null,
      reason:
        "there is no login for it: add a line for it to the tenant's file in DATABASE_LOGINS_FOLDER of the workers",
    });
    await keep(`${server().host}:*:*:nobody:wrong`);
    expect((await look())?.reason).toBe(
      'it refuses the login that is kept for it: correct that in DATABASE_LOGINS_FOLDER',
    );
    await own();
    expect((await look({ database: 'none' }))?.reason).toBe(
      'it has no such database: look by hand for roles that are left',
    );
    expect((await look({ port: 9 }))?.reason).toBe(
      'it does not answer (ECONNREFUSED): see that it runs and that workers reach it',
    );
    expect((await look({ sslmode: 'require' }))?.reason).toBe(
      'it takes no TLS, which the environment asks for: correct sslmode, or the server',
    );
    expect(await look({ host: '${aws_db_instance.x.address}' })).toMatchObject({
      found: null,
      reason: 'only the stack itself knows how to sign in there: look by hand',
    });
  });
});

test('a stack without Docker and servers has no such places', () => {
  const none = { cluster: false, docker: false, databases: [], hidden: [] };
  expect(serversOf('{"provider":{"aws":[{}]}}')).toEqual(none);
  expect(serversOf('{"provider":{"helm":[{}]}}')).toEqual({ ...none, cluster: true });
  expect(serversOf('{}')).toEqual(none);
});

test('a server whose port, database or address only terraform knows is hidden, whatever else the stack says', () => {
  const provider = {
    postgresql: [
      { host: 'db', port: '${aws_db_instance.db.port}' },
      { host: 'db', database: '${aws_db_instance.db.db_name}' },
      { host: '${aws_db_instance.db.address}' },
      { alias: 'from-its-own-environment' },
      { host: 'db', port: '5433', superuser: false },
    ],
  };
  expect(serversOf(JSON.stringify({ provider }))).toEqual({
    cluster: false,
    docker: false,
    databases: [{ host: 'db', port: 5433, database: 'postgres', sslmode: 'require' }],
    hidden: ['db', 'db', '${aws_db_instance.db.address}', 'that the stack does not name'],
  });
});

test.each([
  ['db:5432:shop:admin:pass', { user: 'admin', password: 'pass' }],
  ['db:*:*:admin:pa\\:ss\\\\', { user: 'admin', password: 'pa:ss\\' }],
  ['*:5432:shop:admin:pass', undefined],
  ['db:5433:shop:admin:pass', undefined],
  ['other:5432:shop:admin:pass\ndb:5432:shop:second:pass', { user: 'second', password: 'pass' }],
  ['# db:5432:shop:admin:pass', undefined],
  ['db:5432:shop:admin', undefined],
  ['', undefined],
])('of the logins %j the one that fits is taken', (text, login) => {
  expect(loginFor(text, { host: 'db', port: 5432, database: 'shop' })).toEqual(login);
});
