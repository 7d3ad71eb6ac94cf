/** The API by itself under a steady rate of requests, on a database that holds 100,000 environments of tenants with a quota. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type Client } from '../../api/client.js';
import { blueprint } from '../../stacks/app/blueprint.js';
import { region } from '../bench/bare.js';
import { loadEnvironments, type Loaded } from '../bench/load-store.js';
import { goal, inMs, type Row } from '../bench/report.js';
import { quantile } from '../bench/statistics.js';
import { createPool } from '../db/pool.js';
import { startProduct } from './bench-product.js';

const rate = { perSecond: 200, seconds: 10, warmUpSeconds: 3 };
const size = { tenants: 1000, perTenant: 100 };

export interface Requests {
  readonly folder: string;
  readonly path: string;
  /** A server on which a database may be made. */
  readonly databaseUrl: string;
}

export async function measureRequests({ folder, path, databaseUrl }: Requests): Promise<Row[]> {
  const server = createPool(databaseUrl, { max: 1 });
  await server.query('create database requests').finally(() => server.end());
  const settings = {
    DATABASE_URL: databaseUrl.replace(/[^/]*$/, 'requests'),
    STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SANDBOX: 'on',
    MAX_ENVIRONMENTS_PER_USER: '1000000',
    RATE_LIMIT_PRINCIPAL: '0',
    RATE_LIMIT_TENANT: '0',
  };
  const home = join(folder, 'requests');
  const api = await startProduct({ home, path, settings }, 'api');
  const db = createPool(settings.DATABASE_URL, { max: 1 });
  try {
    const tenants = await loadEnvironments(db, size);
    const token = (await readFile(join(home, 'token'), 'utf8')).trim();
    const client = createClient({ baseUrl: api.url, token });
    return [await measurePosts(client, tenants), await measureLists(client, tenants)];
  } finally {
    await db.end();
    await api.stop();
  }
}

async function measurePosts(client: Client, tenants: readonly Loaded[]): Promise<Row> {
  const ms = await atRate((n) => {
    const { tenantId, accountId } = pick(tenants, n);
    return client.post('/api/v1/environments', {
      name: `bench-${n}`,
      tenant_id: tenantId,
      account_id: accountId,
      region,
      blueprint: blueprint.ref,
      spec: blueprint.examples[0].spec,
    });
  });
  const what = `POST of an environment with its quota checked, ${rate.perSecond} a second, p50 and p99`;
  return row(what, ms, 20);
}

async function measureLists(client: Client, tenants: readonly Loaded[]): Promise<Row> {
  const ms = await atRate((n) => {
    const query = n % 2 === 0 ? '' : `?tenant_id=${pick(tenants, n).tenantId}`;
    return client.get(`/api/v1/environments${query}`);
  }, 50);
  return row('first page of the environments, of one tenant or of all, 50 a second, p50 and p99', ms, 10);
}

function row(what: string, ms: readonly number[], atMost: number): Row {
  const [p50, p99] = [quantile(ms, 0.5), quantile(ms, 0.99)];
  return {
    what: `${what}, with ${size.tenants * size.perTenant} environments`,
    terrace: `${inMs(p50)}, ${inMs(p99)}`,
    bare: '',
    result: inMs(p99),
    goal: goal(p99, { atMost }, 'ms'),
  };
}

function pick(tenants: readonly Loaded[], n: number): Loaded {
  const one = tenants[(n * 7919) % tenants.length];
  if (one === undefined) throw new Error('there are no tenants');
  return one;
}

/** Sends requests at a steady rate, whether or not the former ones are answered; how long each took, those of the warm-up left out. */
async function atRate(
  send: (n: number) => Promise<unknown>,
  perSecond: number = rate.perSecond,
): Promise<number[]> {
  const ms: number[] = [];
  const sent: Promise<void>[] = [];
  const started = performance.now();
  const all = perSecond * (rate.warmUpSeconds + rate.seconds);
  for (let n = 0; n < all; n++) {
    const due = started + (n * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 1) await delay(wait);
    const time = async () => {
      // A request that is refused, by a database that cannot keep up, took for ever.
      const answered = await send(n).then(
        () => true,
        () => false,
      );
      if (n >= perSecond * rate.warmUpSeconds) ms.push(answered ? performance.now() - due : Infinity);
    };
    sent.push(time());
  }
  await Promise.all(sent);
  return ms;
}
