/** What it costs that a worker, or its terraform, is killed in the middle of an apply. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { cameTo, isCreating, ownerOf } from '../bench/fleet-store.js';
import { treeOf } from '../bench/memory.js';
import { goal, inSeconds, type Row } from '../bench/report.js';
import { median } from '../bench/statistics.js';
import { setFaults } from '../sandbox/sandbox-store.js';
import { request } from './bench-life.js';
import type { Product } from './bench-product.js';
import type { Fleet } from './fleet.js';

/** The strike comes while this is being made, for so long. */
const slow = { kind: 'delay', type: 'kubernetes_stateful_set_v1', on: 'create', delay_ms: 4000 } as const;
const pollMs = 20;
const rounds = 3;

/** `workers` are the live ones, by the numbers they were started with; they are left as many as they were. */
export async function measureRecovery(fleet: Fleet, workers: Product[]): Promise<Row[]> {
  const undisturbed: number[] = [];
  for (let n = 0; n < rounds; n++) undisturbed.push(await timeApply(fleet));
  const usual = median(undisturbed);
  const killed: number[] = [];
  const stopped: number[] = [];
  for (let n = 0; n < rounds; n++) {
    killed.push(await timeApply(fleet, (runId) => killWorker(fleet, workers, { runId, restart: true })));
    stopped.push(await timeApply(fleet, (runId) => killTerraform(fleet, workers, runId)));
  }
  const row = (what: string, ms: number): Row => ({
    what: `${what}: the whole apply, against ${inSeconds(usual)} undisturbed`,
    terrace: '',
    bare: '',
    result: `${inSeconds(ms)}, ${(ms / usual).toFixed(2)}x`,
    goal: goal(ms / usual, { atMost: 2 }, 'x'),
  });
  return [
    row('worker killed by SIGKILL and started again at once', median(killed)),
    row('terraform killed by SIGKILL', median(stopped)),
    ...(await measureNotice(fleet, workers)),
  ];
}

/** From the begin of the apply to its end. */
async function timeApply(fleet: Fleet, strike?: (runId: string) => Promise<unknown>): Promise<number> {
  const { runId, environmentId } = await beginApply(fleet);
  await strike?.(runId);
  const begun = await untilSome(() => cameTo(fleet.db, { runId, status: 'applying', after: 0 }));
  const over = await untilSome(() => cameTo(fleet.db, { runId, status: 'succeeded', after: 0 }));
  await remove(fleet, environmentId);
  return over - begun;
}

interface Begun {
  readonly runId: string;
  readonly environmentId: string;
}

let asked = 0;
async function beginApply(fleet: Fleet): Promise<Begun> {
  const { run_id: runId, environment_id: environmentId } = await request(fleet, `strike-${++asked}`, 0);
  await setFaults(fleet.db, environmentId, [slow]);
  await untilSome(async () => ((await isCreating(fleet.db, runId, slow.type)) ? true : null));
  return { runId, environmentId };
}

async function remove({ client, db }: Fleet, environmentId: string): Promise<void> {
  await setFaults(db, environmentId, []);
  await client.delete(`/api/v1/environments/${environmentId}`);
  await client.waitFor(environmentId, ['destroyed']);
}

/** How long it takes, by default settings, until a run whose worker is gone is known to be. */
async function measureNotice(fleet: Fleet, workers: Product[]): Promise<Row[]> {
  const row = (what: string, ms: number): Row => ({
    what,
    terrace: '',
    bare: '',
    result: inSeconds(ms),
    goal: goal(ms / 1000, { atMost: 75 }, 's'),
  });
  const noticed = async (strike: (runId: string) => Promise<() => Promise<void>>) => {
    const { runId, environmentId } = await beginApply(fleet);
    const after = Date.now();
    const mend = await strike(runId);
    const at = await untilSome(() => cameTo(fleet.db, { runId, status: 'interrupted', after }));
    await mend();
    await untilSome(() => cameTo(fleet.db, { runId, status: 'succeeded', after }));
    await remove(fleet, environmentId);
    return at - after;
  };
  return [
    row(
      'a worker killed by SIGKILL is noticed by another on its machine, default settings',
      await noticed(async (runId) => {
        const number = await killWorker(fleet, workers, { runId, restart: false });
        return async () => void (workers[number] = await fleet.startWorker(number));
      }),
    ),
    row(
      'a worker that stands still (SIGSTOP) is noticed by its silence, default settings',
      await noticed(async (runId) => {
        const { pid } = (await holderOf(fleet, workers, runId)).worker;
        process.kill(pid, 'SIGSTOP');
        return async () => void process.kill(pid, 'SIGCONT');
      }),
    ),
  ];
}

async function holderOf({ db }: Fleet, workers: readonly Product[], runId: string) {
  const pid = Number((await ownerOf(db, runId))?.split('/')[2]);
  const number = workers.findIndex((one) => one.pid === pid);
  const worker = workers[number];
  if (worker === undefined) throw new Error(`run ${runId} is in no worker's hands`);
  return { number, worker };
}

async function killWorker(
  fleet: Fleet,
  workers: Product[],
  { runId, restart }: { readonly runId: string; readonly restart: boolean },
): Promise<number> {
  const { number, worker } = await holderOf(fleet, workers, runId);
  process.kill(worker.pid, 'SIGKILL');
  if (restart) workers[number] = await fleet.startWorker(number);
  return number;
}

/** All that terraform runs there are below the worker: there is one. */
async function killTerraform(fleet: Fleet, workers: readonly Product[], runId: string): Promise<void> {
  const { worker } = await holderOf(fleet, workers, runId);
  for (const pid of await treeOf(worker.pid)) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (/^(terraform|tofu)/.test(name)) process.kill(pid, 'SIGKILL');
  }
}

const limitMs = 180_000;

async function untilSome<T>(ask: () => Promise<T | null>): Promise<T> {
  for (const until = Date.now() + limitMs; Date.now() < until; await delay(pollMs)) {
    const found = await ask();
    if (found !== null) return found;
  }
  throw new Error(`what was waited for did not come within ${limitMs / 1000} s`);
}
