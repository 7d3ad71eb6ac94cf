/**
 * Requests that nobody would send, over every route: none is answered by a fault of ours, none tells a word of another tenant,
 * none shows the inside, and the server is there afterwards. `make fuzz` sends more; FUZZ_SEED repeats a run.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allRoutes } from '../../api/routes/all.js';
import type { Route } from '../../api/route.js';
import { declaredRoutes } from '../../scripts/docs.mjs';
import { sandboxAdmin } from '../../src/sandbox/sandbox-admin.js';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { bodyFor, makeBelongings, neverWere, parametersOf, pathTo, type Belongings } from './belongings.js';
import { change, changed, rawBody, text, type Change } from './fuzz-values.js';

const requests = Number(process.env['FUZZ_REQUESTS'] ?? 500);
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** So many are sent at once, so many with one tenant before it gets a new one: its things are soon gone. */
const atOnce = 10;
const withOneTenant = 100;

const routes = declaredRoutes(allRoutes);
const calls = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
const mark = 'quokka';

let app: AppUnderTest;
let theirs: Belongings;
let own: Belongings;
let tokens: Readonly<Record<Who, string>>;
beforeAll(async () => {
  app = await startApp({
    maxEnvironments: 100_000,
    sandbox: {
      setFaults: (id, faults) => sandboxAdmin(app.database.db).setFaults(id, faults),
      faults: (id) => sandboxAdmin(app.database.db).faults(id),
      objects: (id) => sandboxAdmin(app.database.db).objects(id),
      changeObject: (id, change) => sandboxAdmin(app.database.db).changeObject(id, change),
    },
  });
  theirs = await makeBelongings(app, mark);
});
afterAll(() => app.close());

type Who = 'tenant' | 'platform' | 'viewer' | 'nobody';

interface Sent {
  readonly call: string;
  readonly who: Who;
  readonly method: string | null;
  readonly aim: 'own' | 'other' | 'never';
  readonly parameter: string | null;
  readonly query: Readonly<Record<string, string>>;
  readonly raw: string | null;
  readonly change: Change;
  readonly headers: Readonly<Record<string, string>>;
}

const headerText = text.map((given) => given.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 3000));
const seldom = <T>(arbitrary: fc.Arbitrary<T>, oneIn: number) =>
  fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const headers = fc
  .record(
    {
      'content-type': fc.oneof(fc.constantFrom('text/plain', 'application/json; charset=utf-16'), headerText),
      'idempotency-key': headerText,
      'if-match': fc.oneof(fc.constantFrom('"1"', 'W/"1"', '*'), headerText),
      'terrace-tenant': headerText,
      accept: fc.oneof(fc.constantFrom('text/event-stream', 'text/plain', '*/*;q=0'), headerText),
      'last-event-id': headerText,
      'x-request-id': headerText,
      'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'x'),
      authorization: headerText,
    },
    { requiredKeys: [] },
  )
  .map((given) =>
    Object.fromEntries(Object.entries(given).filter((_, at, all) => (at + all.length) % 4 === 0)),
  );
const queryNames =
  'limit cursor q status label tenant_id environment_id from to format kind provider after'.split(' ');
const sent: fc.Arbitrary<Sent> = fc.record({
  call: fc.constantFrom(...calls.keys()),
  who: fc.constantFrom<Who>('tenant', 'tenant', 'tenant', 'platform', 'viewer', 'nobody'),
  method: seldom(fc.constantFrom('GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'), 12),
  aim: fc.constantFrom('own' as const, 'own' as const, 'other' as const, 'never' as const),
  parameter: seldom(text, 4),
  query: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 2, arbitrary: fc.dictionary(fc.constantFrom(...queryNames), text, { maxKeys: 3 }) },
    { weight: 1, arbitrary: fc.dictionary(text, text, { maxKeys: 3 }) },
  ),
  raw: seldom(rawBody, 10),
  change,
  headers: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
});

/** Lone surrogates have no form in a URL: the way through UTF-8 replaces them. */
const escaped = (given: string) => encodeURIComponent(Buffer.from(given.slice(0, 2000)).toString('utf8'));

function urlOf(route: Route, { aim, parameter, query }: Sent): string {
  const things = { own, other: theirs, never: neverWere() }[aim];
  const [first] = parametersOf(route.path);
  const path =
    parameter === null || first === undefined
      ? pathTo(route, things)
      : pathTo({ ...route, path: route.path.replace(`{${first}}`, '@') }, things).replace('@', () =>
          escaped(parameter),
        );
  const pairs = Object.entries(query).map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function bodyOf(route: Route, { aim, raw, change: made }: Sent, method: string): string | undefined {
  if (['GET', 'HEAD'].includes(method)) return undefined;
  if (raw !== null) return raw;
  const body = bodyFor(route, { own, other: theirs, never: neverWere() }[aim]);
  return JSON.stringify(changed(body ?? {}, made));
}

const inside =
  /node_modules|\n\s+at |\.(ts|js|mjs):\d+|\bselect .* from |\binsert into |syntax error at|violates|pg_|ECONN|terrace_api|TypeError|RangeError/;
const statuses: Record<number, number> = {};
/** Words of the other tenant that the present one has named itself: its audit log tells of that. */
const named = new Set<string>();

/** Sends it; what is wrong with the answer, or null. */
async function send(one: Sent): Promise<string | null> {
  const route = calls.get(one.call);
  if (route === undefined) throw new Error(`no call ${one.call}`);
  const method = one.method ?? route.method.toUpperCase();
  const url = urlOf(route, one);
  const body = bodyOf(route, one, method);
  const asked = `${url}${body ?? ''}${JSON.stringify(one.headers)}`;
  for (const word of secrets()) if (asked.includes(word)) named.add(word);
  const token = tokens[one.who];
  const response = await fetch(`${app.url}${url}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...one.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  statuses[response.status] = (statuses[response.status] ?? 0) + 1;
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    await response.body?.cancel();
    return null;
  }
  const told = `${JSON.stringify([...response.headers])}${await response.text()}`;
  const faults: string[] = [];
  if (response.status >= 500) faults.push('a fault of ours');
  if (response.status >= 400 && inside.test(told)) faults.push(`the inside shows: ${inside.exec(told)?.[0]}`);
  if (response.status >= 400 && method !== 'HEAD' && !told.includes('"request_id"'))
    faults.push('no problem');
  const leaks = secrets().some((word) => !named.has(word) && told.includes(word));
  if (one.who !== 'platform' && leaks) faults.push('a word of another tenant');
  if (faults.length === 0) return null;
  return `${method} ${url.slice(0, 400)} by ${one.who} with ${JSON.stringify(one.headers)} ${body?.slice(0, 400)}: ${response.status} ${told.slice(0, 1500)}: ${faults.join(', ')}`;
}

test(
  `${requests} requests of every kind meet no fault, no leak and no crash (FUZZ_SEED=${seed})`,
  async () => {
    let count = 0;
    const faults: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(sent, { minLength: atOnce, maxLength: atOnce }), async (batch) => {
        if (count % withOneTenant === 0) await renew();
        count += atOnce;
        for (const fault of await Promise.all(batch.map(send))) if (fault !== null) faults.push(fault);
      }),
      { numRuns: Math.ceil(requests / atOnce), seed, endOnFailure: true },
    );
    expect(faults.slice(0, 20)).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(requests);
    // It got past the door often enough to have met what is behind it.
    expect(statuses[200] ?? 0).toBeGreaterThan(requests / 20);
    expect(statuses[422] ?? 0).toBeGreaterThan(requests / 20);
    if (requests > 1500) process.stderr.write(`seed ${seed}: ${JSON.stringify(statuses)}\n`);
    expect((await app.bare('GET', '/health')).status).toBe(200);
    expect((await app.admin.call('GET', `/api/v1/environments/${theirs.environment_id}`)).status).toBe(200);
  },
  60_000 + requests * 60,
);

function secrets(): string[] {
  return [mark, ...Object.values(theirs).map(String)];
}

async function renew(): Promise<void> {
  named.clear();
  own = await makeBelongings(app, 'own');
  tokens = {
    tenant: (await app.as('admin', own.tenant_id)).token,
    platform: (await app.as('admin')).token,
    viewer: (await app.as('viewer', own.tenant_id)).token,
    nobody: '',
  };
}
