import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allRoutes } from '../../api/routes/all.js';
import { declaredRoutes } from '../../scripts/docs.mjs';
import type { Api } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { bodyFor, makeBelongings, namesBelonging, neverWere, pathTo, type Belongings } from './belongings.js';

const routes = declaredRoutes(allRoutes).filter(
  ({ right, platform }) => right !== 'open' && platform !== true,
);

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({
    maxEnvironments: 10_000,
    sandbox: {
      setFaults: async () => {},
      faults: async () => [],
      objects: async () => [],
      changeObject: async () => {},
    },
  });
});
afterAll(() => app.close());

interface Tenant {
  readonly mark: string;
  readonly things: Belongings;
  readonly api: Api;
  /** What it has named so far; its own audit log tells of that. */
  readonly sent: string[];
}

async function makeTenant(mark: string): Promise<Tenant> {
  const things = await makeBelongings(app, mark);
  const { api } = await app.as('admin', things.tenant_id);
  return { mark, things, api, sent: [] };
}

const aim = fc.constantFrom('own' as const, 'other' as const, 'never' as const);
const calls = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
const step = fc.record({
  actor: fc.constantFrom(0, 1),
  call: fc.constantFrom(...calls.keys()),
  path: aim,
  body: aim,
});

test('whatever two tenants do in turn, neither sees or changes anything of the other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      const tenants = [await makeTenant('zebra'), await makeTenant('quokka')] as const;
      let before: { readonly of: Tenant; readonly rows: string } | undefined;
      for (const { actor, call, path, body } of steps) {
        const route = calls.get(call);
        if (route === undefined) throw new Error(`no call ${call}`);
        const own = tenants[actor === 0 ? 0 : 1];
        const other = tenants[actor === 0 ? 1 : 0];
        const things = { own: own.things, other: other.things, never: neverWere() };
        const sentPath = pathTo(route, things[path]);
        const sentBody = bodyFor(route, things[body]);
        if (before?.of !== other) before = { of: other, rows: await rowsOfTenant(other) };
        const answer = await own.api.call(route.method.toUpperCase(), sentPath, sentBody);
        expect(answer.status).toBeLessThan(500);
        expect(await rowsOfTenant(other)).toBe(before.rows);
        own.sent.push(sentPath, JSON.stringify(sentBody));
        const told = JSON.stringify([[...answer.headers], answer.body]);
        const sent = own.sent.join();
        const unknown = Object.values(other.things).filter((id) => !sent.includes(id));
        const leaked = [other.mark, ...unknown].filter((word) => told.includes(word));
        expect(leaked.map((word) => [word, told])).toEqual([]);
        if (path === 'other' && namesBelonging(route)) expect(answer.status).toBe(404);
      }
    }),
    { numRuns: 12 },
  );
});

/** A digest of every row that carries the tenant, or the environment or run of its. */
async function rowsOfTenant({ things }: Tenant): Promise<string> {
  const { db } = app.database;
  tables ??= await tablesWith(['tenant_id', 'environment_id', 'run_id']);
  const parts = tables.map(
    ({ table, column }) => `select to_jsonb(t)::text as row from "${table}" t where "${column}" = any ($1)`,
  );
  const { rows } = await db.query<{ digest: string }>(
    `select coalesce(md5(string_agg(row, chr(10) order by row)), '') as digest from (${parts.join(' union all ')}) all_rows`,
    [[things.tenant_id, things.environment_id, things.run_id]],
  );
  return rows[0]?.digest ?? '';
}

let tables: { readonly table: string; readonly column: string }[] | undefined;

/** The audit log is left out: it tells of refused attempts. */
async function tablesWith(columns: string[]): Promise<{ table: string; column: string }[]> {
  const { rows } = await app.database.db.query<{ table: string; column: string }>(
    `select table_name as "table", column_name as "column" from information_schema.columns
     join information_schema.tables using (table_schema, table_name)
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like 'audit%'
       and column_name = any ($1)`,
    [columns],
  );
  expect(rows.length).toBeGreaterThan(10);
  return rows;
}
