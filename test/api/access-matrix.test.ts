/** Every call x every role x own and other tenant, from the declared routes and the table of rights. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodeCursor } from '../../api/cursor.js';
import type { Route } from '../../api/route.js';
import { allRoutes } from '../../api/routes/all.js';
import { declaredRoutes } from '../../scripts/docs.mjs';
import { rightsOfRole, roles, type Right, type Role } from '../../src/access/rights.js';
import type { Answer, Api } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { bodyFor, makeBelongings, namesBelonging, neverWere, pathTo, type Belongings } from './belongings.js';

const routes = declaredRoutes(allRoutes);
const mark = 'zebra';

let app: AppUnderTest;
let theirs: Belongings;
beforeAll(async () => {
  app = await startApp({
    maxEnvironments: 1000,
    sandbox: {
      setFaults: async () => {},
      faults: async () => [],
      objects: async () => [],
      changeObject: async () => {},
    },
  });
  theirs = await makeBelongings(app, mark);
});
afterAll(() => app.close());

const nameOf = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;
/** What destroys comes last. */
const gentleFirst = [...routes].sort((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'));
const callOn = (api: Api, route: Route, things: Belongings) =>
  api.call(route.method.toUpperCase(), pathTo(route, things), bodyFor(route, things));

/** The refusal that the table asks for; null = the call is let in. */
function refusalOf(route: Route, role: Role, bound: boolean): string | null {
  if (route.right === 'open') return null;
  if (!rightsOfRole[role].includes(route.right))
    return `the role ${role} lacks the right ${route.right} for ${nameOf(route)}`;
  return route.platform === true && bound
    ? `${nameOf(route)} needs a token that is bound to no tenant`
    : null;
}

describe.each(roles)('%s', (role) => {
  test.each([true, false])('may call what the table says (bound to a tenant: %s)', async (bound) => {
    const own = await makeBelongings(app, 'own');
    const { api } = await app.as(role, bound ? own.tenant_id : null);
    const wrong: string[] = [];
    for (const route of gentleFirst) {
      const { status, body } = await callOn(api, route, own);
      const refusal = refusalOf(route, role, bound);
      const asTold =
        refusal === null
          ? status < 500 && ![400, 401, 403, 404, 415].includes(status)
          : status === 403 && body.detail === refusal;
      if (!asTold && !(route.path === '/ready')) wrong.push(`${nameOf(route)}: ${status} ${body.detail}`);
    }
    expect(wrong).toEqual([]);
  });

  test('cannot tell a thing of another tenant from what never was', async () => {
    const own = await makeBelongings(app, 'own');
    const { api, token } = await app.as(role, own.tenant_id);
    const before = await rowsOf(theirs);
    const wrong: string[] = [];
    const compare = async (route: Route, ask: (things: Belongings) => Promise<Answer>) => {
      const none = neverWere();
      const [told, expected] = await Promise.all([ask(theirs), ask(none)]);
      const [a, b] = [wordsOf(told), renamed(wordsOf(expected), none, theirs)];
      if (a !== b) wrong.push(`${nameOf(route)}:\n${a}\n${b}`);
      if (![403, 404, 409, 422].includes(told.status)) wrong.push(`${nameOf(route)}: ${told.status}`);
    };
    // Without the right, the refusal comes before anything is looked up: the test above.
    for (const route of gentleFirst.filter(
      (one) => refusalOf(one, role, true) === null && one.right !== 'open',
    )) {
      const method = route.method.toUpperCase();
      const bearer = { 'x-request-id': 'same', authorization: `Bearer ${token}` };
      const send = (path: string, body?: unknown) => api.call(method, path, body, { 'x-request-id': 'same' });
      if (namesBelonging(route)) {
        await compare(route, (things) => send(pathTo(route, things), bodyFor(route, things)));
        if (route.response.otherTypes?.includes('text/event-stream') === true)
          await compare(route, (things) =>
            app.bare(method, pathTo(route, things), { ...bearer, accept: 'text/event-stream' }),
          );
      }
      const body = bodyFor(route, own);
      for (const field of Object.keys(body ?? {}).filter((name) => name in theirs))
        await compare(route, (things) =>
          send(pathTo(route, own), { ...body, [field]: things[field as keyof Belongings] }),
        );
    }
    expect(wrong).toEqual([]);
    expect(await rowsOf(theirs)).toEqual(before);
  });

  test('finds nothing of another tenant in any list', async () => {
    const own = await makeBelongings(app, 'own');
    const { api } = await app.as(role, own.tenant_id);
    const leaks: string[] = [];
    for (const { path, response } of routes.filter(
      (one) => one.method === 'get' && !one.path.includes('{'),
    )) {
      if (response.schema === undefined || path === '/openapi.json') continue;
      const cursors = [theirs.environment_id, theirs.run_id, theirs.account_id, theirs.token_id].map(
        (id) => `cursor=${encodeCursor(path, id.replace(/.$/, 'z'))}`,
      );
      const queries = ['', `tenant_id=${theirs.tenant_id}`, `environment_id=${theirs.environment_id}`];
      const asked = [...queries, ...cursors, `q=${mark}`, `name=${mark}`, `slug=${mark}`];
      const answers = await Promise.all(asked.map((query) => api.call('GET', `${path}?${query}`)));
      answers.forEach(({ body, status }, at) => {
        const text = JSON.stringify(status === 200 ? body : {});
        if ([mark, ...Object.values(theirs)].some((word) => text.includes(word)))
          leaks.push(`${path}?${asked[at]}`);
      });
    }
    expect(leaks).toEqual([]);
  });
});

test('no right to read lets anybody change a thing', () => {
  const reading: readonly (Right | 'open')[] = ['open', 'read', 'logs', 'plan', 'outputs', 'state', 'audit'];
  const changing = routes.filter(({ method, right }) => method !== 'get' && reading.includes(right));
  expect(changing.map(nameOf)).toEqual([]);
});

test("a tenant's Idempotency-Key means nothing to another one", async () => {
  const send = async (tenantId: string) => {
    const { token } = await app.as('admin', tenantId);
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': 'shared-key',
    };
    const answer = await app.bare('POST', '/api/v1/tokens', headers, '{"name":"n","role":"viewer"}');
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
    expect(answer.status).toBe(201);
    return answer.body.tenant_id;
  };
  const own = await makeBelongings(app, 'own');
  expect([await send(theirs.tenant_id), await send(own.tenant_id)]).toEqual([
    theirs.tenant_id,
    own.tenant_id,
  ]);
});

/** The whole answer: status, headers, body. */
function wordsOf({ status, headers, body }: Answer): string {
  const told = [...headers].filter(([name]) => !/^(date|ratelimit.*|x-ratelimit.*)$/.test(name));
  return JSON.stringify([status, told, body]);
}

function renamed(text: string, from: Belongings, to: Belongings): string {
  return Object.keys(from).reduce((all, name) => {
    const key = name as keyof Belongings;
    return all.replaceAll(from[key], to[key]);
  }, text);
}

/** Every row of the database that names one of those things; what is written about refused attempts is left out. */
async function rowsOf(things: Belongings): Promise<unknown> {
  const { db } = app.database;
  const { rows: tables } = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like 'audit%' order by 1`,
  );
  const found: [string, string[]][] = [];
  for (const { name } of tables) {
    const { rows } = await db.query<{ row: string }>(
      `select to_jsonb(t)::text as row from "${name}" t where to_jsonb(t)::text like any ($1) order by 1`,
      [Object.values(things).map((id) => `%${id}%`)],
    );
    found.push([name, rows.map(({ row }) => row)]);
  }
  return found;
}
