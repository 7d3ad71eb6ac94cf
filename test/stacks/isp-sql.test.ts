/** The statements of the setup jobs, run by psql as in the job on a real server; twice, for a job may run again. */
import { execFile, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { databaseScript } from '../../stacks/isp/database-job.js';
import { netboxSql } from '../../stacks/isp/netbox.js';
import { radiusTables } from '../../stacks/isp/radius-tables.js';
import { tenantSql } from '../../stacks/isp/tenant-setup.js';
import { asAdmin, createTestDatabase, type TestDatabase } from '../support/database.js';

const withPsql = spawnSync('psql', ['--version']).status === 0 ? test : test.skip;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('empty');
});
afterAll(async () => {
  await database.drop();
  await asAdmin('drop database if exists netbox with (force)');
  for (const role of ['radius', 'netbox']) await asAdmin(`drop role if exists ${role}`);
});

function job(sql: string, env: Record<string, string>): Promise<string> {
  const { hostname, port, pathname, username, password } = new URL(database.url);
  const given = {
    DATABASE_HOST: hostname,
    DATABASE_PORT: port,
    DATABASE_NAME: pathname.slice(1),
    DATABASE_USER: username,
    DATABASE_PASSWORD: decodeURIComponent(password),
  };
  return new Promise((resolve, reject) => {
    execFile(
      'sh',
      ['-c', databaseScript, sql],
      { env: { PATH: process.env['PATH'], ...given, ...env } },
      (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(stderr))),
    );
  });
}

describe('the setup', () => {
  withPsql('makes the tenant and its first user, whose password follows the engine', async () => {
    const env = { TENANT_ID: 'ten_1', TENANT_SLUG: "o'hara", ADMIN_USER: 'admin', ADMIN_EMAIL: '' };
    await job(tenantSql, { ...env, ADMIN_PASSWORD: 'first' });
    await job(tenantSql, { ...env, ADMIN_PASSWORD: 'second' });
    const { rows } = await database.db.query(
      `select user_name, email, role, password_hash = crypt('second', password_hash) as fits from terrace.tenant_user`,
    );
    expect(rows).toEqual([{ user_name: 'admin', email: null, role: 'admin', fits: true }]);
    expect((await database.db.query('select tenant_id, slug from terrace.tenant')).rows).toEqual([
      { tenant_id: 'ten_1', slug: "o'hara" },
    ]);
  });

  withPsql('gives RADIUS a role that writes in its own schema and nowhere else', async () => {
    for (const _ of [1, 2]) await job(radiusTables, { RADIUS_DATABASE_PASSWORD: "it's" });
    const client = await database.db.connect();
    try {
      await client.query('set role radius');
      await client.query(`insert into radius.radcheck (username, attribute, value) values ('a', 'b', 'c')`);
      await expect(client.query('create table public.mine ()')).rejects.toThrow('permission denied');
      await expect(client.query('drop table radius.radcheck')).rejects.toThrow('must be owner');
    } finally {
      await client.query('reset role');
      client.release();
    }
  });

  withPsql('gives NetBox a database that nobody else may enter', async () => {
    for (const _ of [1, 2]) await job(netboxSql, { NETBOX_DATABASE_PASSWORD: 'x' });
    const { rows } = await database.db.query(
      `select pg_get_userbyid(datdba) as owner, has_database_privilege('public', oid, 'connect') as open
       from pg_database where datname = 'netbox'`,
    );
    expect(rows).toEqual([{ owner: 'netbox', open: false }]);
  });

  withPsql('that fails ends with an error', async () => {
    await expect(job('select no_such_thing;\nselect 1;', {})).rejects.toThrow('no_such_thing');
  });
});
