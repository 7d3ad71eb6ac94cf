/** `make bench-fleet`: a fleet's whole life in bad weather, recovery, and claims with a long queue. Prints a table. */
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { renderRows, type Row } from '../bench/report.js';
import { measureClaims } from './bench-claims.js';
import { measureLife } from './bench-life.js';
import { measureRecovery } from './bench-recovery.js';
import { startFleet } from './fleet.js';

const workerCount = 2;
const tenantCount = 10;

const count = (fallback: number, most: number) => z.coerce.number().int().min(0).max(most).default(fallback);
const options = z.object({ n: count(500, 9000), faults: count(5, 100), seed: count(1, 2 ** 31) });

function readOptions(): z.output<typeof options> {
  const one = { type: 'string' } as const;
  return options.parse(parseArgs({ options: { n: one, faults: one, seed: one } }).values);
}

async function bench(): Promise<void> {
  const { n: environments, faults: faultPercent, seed } = readOptions();
  const before = loadavg()[0] ?? 0;
  const say = (line: string) => void process.stderr.write(`bench-fleet: ${line}\n`);
  const fleet = await startFleet(tenantCount, {});
  try {
    const workers = [];
    for (let n = 0; n < workerCount; n++) workers.push(await fleet.startWorker(n));
    const rows: Row[] = [];
    if (environments > 0) rows.push(...(await measureLife(fleet, { environments, faultPercent, seed, say })));
    say('recovery');
    rows.push(...(await measureRecovery(fleet, workers)));
    say('claims');
    rows.push(...(await measureClaims(fleet.databaseUrl)));
    const cpu = cpus();
    process.stdout.write(
      `${new Date().toISOString().slice(0, 10)}, ${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown'}, ` +
        `${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, load ${before.toFixed(1)} before and ` +
        `${(loadavg()[0] ?? 0).toFixed(1)} after, ${workerCount} workers, ${tenantCount} tenants, seed ${seed}\n\n${renderRows(rows)}\n`,
    );
  } finally {
    await fleet.close();
  }
}

bench().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`bench-fleet failed: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
