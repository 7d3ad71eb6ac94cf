/** Plans: how long one of 5,000 changes takes from terraform's JSON to its row and in how much memory, and how quickly it is read. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createClient, type Client } from '../../api/client.js';
import { blocks, makeLargePlan } from '../bench/large-plan.js';
import { loadEnvironments, loadRun, showPlanOf } from '../bench/load-store.js';
import { goal, inMs, inSeconds, type Row } from '../bench/report.js';
import { median, quantile } from '../bench/statistics.js';
import { createPool } from '../db/pool.js';
import { projectRoot } from '../lib/project-root.js';
import type { Requests } from './bench-requests.js';
import type { StoreTask, Stored } from './bench-plan-store.js';
import { startProduct } from './bench-product.js';

const rounds = 5;
const reads = { warmUp: 100, measured: 500, page: 50 };
const copies = 20;

export interface Plans extends Requests {
  /** Terraform. */
  readonly bin: string;
}

export async function measurePlans({ folder, path, databaseUrl, bin }: Plans): Promise<Row[]> {
  const server = createPool(databaseUrl, { max: 1 });
  await server.query('create database plans').finally(() => server.end());
  const settings = {
    DATABASE_URL: databaseUrl.replace(/[^/]*$/, 'plans'),
    STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SANDBOX: 'on',
    RATE_LIMIT_PRINCIPAL: '0',
    RATE_LIMIT_TENANT: '0',
  };
  const home = join(folder, 'plans');
  const api = await startProduct({ home, path, settings }, 'api');
  const db = createPool(settings.DATABASE_URL, { max: 1 });
  try {
    await loadEnvironments(db, { tenants: 1, perTenant: 1 });
    const { runId, environmentId } = await loadRun(db);
    const keep = async (times: number, name: string) => {
      const plan = await makeLargePlan({ folder: join(folder, name), bin, path, times });
      return () => storeApart({ plan, databaseUrl: settings.DATABASE_URL, runId, environmentId });
    };
    const client = createClient({
      baseUrl: api.url,
      token: (await readFile(join(home, 'token'), 'utf8')).trim(),
    });
    const read = async (planId: string, query: string) => {
      await showPlanOf(db, { runId, planId });
      return measureReads(client, `/api/v1/runs/${runId}/plan${query}`);
    };
    const storeLarge = await keep(copies, 'large');
    const stored: Stored[] = [];
    for (let round = 0; round < rounds; round++) stored.push(await storeLarge());
    const small = await (await keep(reads.page / blocks, 'small'))();
    const large = stored[0]?.planId ?? '';
    return [
      ...storedRows(stored),
      readRow(`\`GET /api/v1/runs/{id}/plan\` of ${reads.page} changes`, await read(small.planId, ''), 20),
      readRow(
        `the same, ${reads.page} of ${blocks * copies} changes`,
        await read(large, `?limit=${reads.page}`),
      ),
    ];
  } finally {
    await db.end();
    await api.stop();
  }
}

function storedRows(stored: readonly Stored[]): Row[] {
  const what = `plan of ${stored[0]?.changes ?? 0} changes (${blocks} by terraform, ${copies} times)`;
  const [ms, mb] = [median(stored.map((one) => one.ms)), Math.max(...stored.map(({ peakMb }) => peakMb))];
  return [
    {
      what: `${what}, from its JSON to the stored summary, in a fresh process`,
      terrace: inSeconds(ms),
      bare: '',
      result: inSeconds(ms),
      goal: goal(ms / 1000, { atMost: 1 }, 's'),
    },
    {
      what: 'the most memory of that process',
      terrace: `${Math.round(mb)} MB`,
      bare: '',
      result: `${Math.round(mb)} MB`,
      goal: goal(mb, { atMost: 300 }, 'MB'),
    },
  ];
}

function readRow(what: string, ms: readonly number[], atMost?: number): Row {
  const [p50, p99] = [quantile(ms, 0.5), quantile(ms, 0.99)];
  return {
    what: `${what}, p50 and p99`,
    terrace: `${inMs(p50)}, ${inMs(p99)}`,
    bare: '',
    result: inMs(p99),
    goal: atMost === undefined ? '' : goal(p99, { atMost }, 'ms'),
  };
}

async function measureReads(client: Client, path: string): Promise<number[]> {
  const ms: number[] = [];
  for (let n = 0; n < reads.warmUp + reads.measured; n++) {
    const started = performance.now();
    const { changes } = await client.get<{ changes: unknown[] }>(path);
    if (changes.length !== reads.page) throw new Error(`${path} gives ${changes.length} changes`);
    if (n >= reads.warmUp) ms.push(performance.now() - started);
  }
  return ms;
}

async function storeApart(task: StoreTask): Promise<Stored> {
  const program = join(projectRoot, 'dist/src/main/bench-plan-store.js');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(task));
  const answer = await text(child.stdout);
  if (answer === '') throw new Error('the plan was not stored');
  return JSON.parse(answer) as Stored;
}
