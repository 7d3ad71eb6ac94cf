/** The product as several processes: PostgreSQL, an API, workers that can be killed and started again, tenants with accounts. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client } from '../../api/client.js';
import { readConfigWith } from '../config/config.js';
import { startEmbeddedPostgres } from '../db/embedded.js';
import { createPool, type DbPool } from '../db/pool.js';
import { createLog } from '../log/log.js';
import { startProduct, type Product } from './bench-product.js';

export interface FleetTenant {
  readonly tenantId: string;
  readonly accountId: string;
}

export interface Fleet {
  readonly db: DbPool;
  readonly databaseUrl: string;
  readonly client: Client;
  readonly tenants: readonly FleetTenant[];
  /** Starts the worker of that number, each of which has a home of its own. */
  startWorker(number: number): Promise<Product>;
  close(): Promise<void>;
}

export async function startFleet(
  tenantCount: number,
  settings: Readonly<Record<string, string>>,
): Promise<Fleet> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'tf-'));
    closers.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    // The server runs as another user when this one is root.
    await chmod(folder, 0o755);
    const { path } = readConfigWith({ DATABASE_URL: '' });
    const postgres = await startEmbeddedPostgres({
      home: join(folder, 'postgres'),
      log: createLog('warn', 'bench'),
    });
    closers.push(() => postgres.stop());
    const all = {
      DATABASE_URL: postgres.url,
      STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      SANDBOX: 'on',
      LOG_LEVEL: 'error',
      RATE_LIMIT_TENANT: '0',
      ...settings,
    };
    const start = async (name: 'api' | 'worker', home: string) => {
      const product = await startProduct({ home: join(folder, home), path, settings: all }, name);
      closers.push(() => product.stop());
      return product;
    };
    const api = await start('api', 'api');
    const token = (await readFile(join(folder, 'api', 'token'), 'utf8')).trim();
    const client = createClient({ baseUrl: api.url, token });
    const db = createPool(postgres.url, { max: 4, applicationName: 'bench' });
    closers.push(() => db.end());
    const tenants: FleetTenant[] = [];
    for (let n = 1; n <= tenantCount; n++) tenants.push(await addTenant(client, n));
    const startWorker = (number: number) => start('worker', `w${number}`);
    return { db, databaseUrl: postgres.url, client, tenants, startWorker, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function addTenant(client: Client, n: number): Promise<FleetTenant> {
  const { tenant_id: tenantId } = await client.post<{ tenant_id: string }>('/api/v1/tenants', {
    name: `Fleet ${n}`,
    slug: `fleet-${n}`,
  });
  const { account_id: accountId } = await client.post<{ account_id: string }>('/api/v1/accounts', {
    tenant_id: tenantId,
    name: 'sandbox',
    provider: 'sandbox',
    cloud_account_id: String(200_000_000_000 + n),
    regions: ['eu-central-1'],
  });
  return { tenantId, accountId };
}
