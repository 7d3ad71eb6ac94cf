/** How long a slot takes to find the run whose turn it is, with ten thousand that wait. */
import { loadEnvironments } from '../bench/load-store.js';
import { queueLoaded } from '../bench/fleet-store.js';
import { inMs, type Row } from '../bench/report.js';
import { quantile } from '../bench/statistics.js';
import { migrate } from '../db/migrate.js';
import { createPool } from '../db/pool.js';
import { claimNext } from '../run/claim-store.js';

const claims = 200;
const sizes = [
  { tenants: 1, perTenant: 10_000 },
  { tenants: 100, perTenant: 100 },
  { tenants: 1000, perTenant: 10 },
] as const;

const createDatabase: Record<(typeof sizes)[number]['tenants'], string> = {
  1: 'create database claims_1',
  100: 'create database claims_100',
  1000: 'create database claims_1000',
};

/** `databaseUrl` is of a server on which databases may be made. */
export async function measureClaims(databaseUrl: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    const name = `claims_${size.tenants}`;
    const server = createPool(databaseUrl, { max: 1 });
    await server.query(createDatabase[size.tenants]).finally(() => server.end());
    const db = createPool(databaseUrl.replace(/[^/]*$/, name), { max: 2 });
    try {
      await migrate(db);
      await loadEnvironments(db, size);
      await queueLoaded(db);
      const ms: number[] = [];
      for (let n = 0; n < claims; n++) {
        const started = performance.now();
        if ((await claimNext(db, { owner: 'bench', leaseSeconds: 60 })) === null)
          throw new Error('no run was due');
        ms.push(performance.now() - started);
      }
      const result = `${inMs(quantile(ms, 0.5))}, ${inMs(quantile(ms, 0.95))}`;
      const what = `a claim with 10,000 runs queued by ${size.tenants} ${size.tenants === 1 ? 'tenant' : 'tenants'}, p50 and p95`;
      rows.push({ what, terrace: '', bare: '', result, goal: '' });
    } finally {
      await db.end();
    }
  }
  return rows;
}
