/** A process by itself that does what a worker does with terraform's plan, from its JSON to the row. Task on stdin, answer on stdout. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { LargePlan } from '../bench/large-plan.js';
import { costOfPlan } from '../cost/plan-cost.js';
import { loadPriceTable } from '../cost/table-file.js';
import { createKeyring } from '../crypto/envelope.js';
import { createPool } from '../db/pool.js';
import { newId } from '../lib/ids.js';
import { sealPlanJson } from '../plan/artifact.js';
import { insertPlan, type StoredPlan } from '../plan/plan-store.js';
import { summarizePlan } from '../plan/plan-summary.js';
import { trace, type Baseline } from '../plan/trace.js';
import { exampleInput, region } from '../bench/bare.js';
import { blueprint } from '../../stacks/app/blueprint.js';

export interface StoreTask {
  readonly plan: LargePlan;
  readonly databaseUrl: string;
  readonly runId: string;
  readonly environmentId: string;
}

export interface Stored {
  readonly planId: string;
  readonly changes: number;
  readonly ms: number;
  /** The most that was resident, in megabytes (2^20). */
  readonly peakMb: number;
}

async function store({ plan: files, databaseUrl, runId, environmentId }: StoreTask): Promise<Stored> {
  const db = createPool(databaseUrl, { max: 1 });
  await db.query('select 1');
  const prices = await loadPriceTable();
  const keyring = createKeyring({ current: randomBytes(32) });
  const [before, after] = [await baselineOf(files.before, 'info'), await baselineOf(files.after, 'debug')];
  // The stacks of a real run are made by the generator; here they are the same texts as were planned.
  const generate = (input: Baseline['input']) =>
    Promise.resolve(input.spec['level'] === 'info' ? before.stack : after.stack);
  const planId = newId('plan');
  const gather = async () => {
    const jsonText = await readFile(files.json, 'utf8');
    const [traced, planJson] = await Promise.all([
      trace(generate, before, after),
      sealPlanJson(keyring, { planId, text: jsonText }),
    ]);
    return { json: JSON.parse(jsonText) as unknown, planJson, traces: [traced] };
  };
  const started = performance.now();
  const { json, planJson, traces } = await gather();
  const evidence = { kind: 'change' as const, traces };
  const { summary, changes, drift, outputs, maskText } = summarizePlan(json, evidence);
  const plan: StoredPlan = {
    planId,
    runId,
    environmentId,
    planFile: keyring.encrypt(Buffer.alloc(2 ** 20), `plan:${planId}`),
    planJson,
    cdkJson: after.stack,
    changes,
    drift,
    outputs,
    stackInput: null,
    summary: { ...summary, cost: costOfPlan(json, prices, { region, simulated: true }) },
    text: maskText(await readFile(files.text, 'utf8')),
    planSha256: '',
    synthSha256: '',
    lockSha256: '',
    toolVersion: '',
    revision: 1,
    cloudAccountId: '',
    stateLineage: null,
    stateSerial: null,
  };
  await insertPlan(db, plan, 0);
  const ms = performance.now() - started;
  await db.end();
  return { planId, changes: changes.length, ms, peakMb: await peakMb() };
}

async function baselineOf(file: string, level: string): Promise<Baseline> {
  return { input: { ...exampleInput(blueprint, 1), spec: { level } }, stack: await readFile(file, 'utf8') };
}

/** Of this program alone; what node counts begins with that of its parent. Source: proc(5), `VmHWM`. */
async function peakMb(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kilobytes) / 1024;
}

process.stdout.write(JSON.stringify(await store(JSON.parse(await text(process.stdin)) as StoreTask)));
