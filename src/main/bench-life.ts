/** Many environments created, updated and destroyed while the cloud fails in passing. */
import { setTimeout as delay } from 'node:timers/promises';
import { blueprint } from '../../stacks/app/blueprint.js';
import { region } from '../bench/bare.js';
import { countUnfinished, readLeftovers, readSpans } from '../bench/fleet-store.js';
import { goal, inSeconds, type Row } from '../bench/report.js';
import { quantile, timeInParallel } from '../bench/statistics.js';
import type { Fault } from '../sandbox/faults.js';
import { listSandboxObjects, setFaults } from '../sandbox/sandbox-store.js';
import type { Fleet } from './fleet.js';

export interface Life {
  readonly environments: number;
  /** How many in a hundred of the kinds of resources fail once, in each phase of each environment. */
  readonly faultPercent: number;
  readonly seed: number;
  say(line: string): void;
}

const { spec } = blueprint.examples[0];
const changed = { spec: { variables: { LOG_LEVEL: 'debug' } } };
type Requested = { readonly environment_id: string; readonly run_id: string };

/** The workers run. */
export async function measureLife(fleet: Fleet, life: Life): Promise<Row[]> {
  const { client, db } = fleet;
  const weather = { ...life, random: seeded(life.seed), types: await warmUp(fleet) };
  const fault = (id: string, on: readonly Call[]) => setFaults(db, id, faultsOf(weather, on));
  const ids: string[] = [];
  const [startedAt, started] = [new Date(), performance.now()];
  await each(
    Array.from({ length: life.environments }, (_, n) => n),
    async (n) => {
      const { environment_id: id } = await request(fleet, `life-${n}`, n);
      await fault(id, ['create']);
      ids.push(id);
    },
  );
  await settle(fleet, life, 'create');
  await each(ids, async (id) => {
    await fault(id, ['read', 'update']);
    await client.patch(`/api/v1/environments/${id}`, changed);
  });
  await settle(fleet, life, 'update');
  await each(ids, async (id) => {
    await fault(id, ['read', 'delete']);
    await client.delete(`/api/v1/environments/${id}`);
  });
  await settle(fleet, life, 'destroy');
  const ms = performance.now() - started;
  const leftovers = await readLeftovers(db);
  const spans = await readSpans(db, startedAt);
  const right = (kind: string) =>
    spans.filter((span) => span.kind === kind && span.status === 'succeeded').length;
  const [made, updated, gone] = [right('create'), right('update'), right('destroy')];
  const share = ((made + updated + gone) / (3 * life.environments)) * 100;
  const waited = spans.map((span) => span.waitedMs);
  const ran = spans.map((span) => span.ranMs);
  const retries = spans.reduce((sum, span) => sum + span.retries, 0);
  const pair = (values: readonly number[]) =>
    `${inSeconds(quantile(values, 0.5))}, ${inSeconds(quantile(values, 0.95))}`;
  const row = (what: string, result: string, aim = ''): Row => ({
    what,
    terrace: '',
    bare: '',
    result,
    goal: aim,
  });
  return [
    row(
      `${life.environments} environments created, updated and destroyed, ${life.faultPercent} % of the kinds of resources fail once in each phase`,
      inSeconds(ms),
    ),
    row('runs a minute', String(Math.round((spans.length / ms) * 60_000))),
    row(
      `ended right without a person (${made} created, ${updated} updated, ${gone} destroyed)`,
      `${share.toFixed(2)} %`,
      goal(share, { atLeast: 99.5 }, '%'),
    ),
    row(
      'left when all are destroyed',
      leftovers.join(', ') || 'nothing',
      goal(leftovers.length, { atMost: 0 }),
    ),
    row('attempts that failed in passing and were made again', String(retries)),
    row('waiting for a worker, p50 and p95', pair(waited)),
    row('in the hands of a worker, p50 and p95', pair(ran)),
  ];
}

/** One environment from its making to its end; the types of what it was made of. */
async function warmUp(fleet: Fleet): Promise<readonly string[]> {
  const { client, db } = fleet;
  const { environment_id: id } = await request(fleet, 'warm-up', 0);
  await client.waitFor(id, ['ready']);
  const objects = await listSandboxObjects(db, id);
  await client.delete(`/api/v1/environments/${id}`);
  await client.waitFor(id, ['destroyed']);
  return [...new Set(objects.map(({ type }) => type))];
}

/** Asks for an environment of one of the tenants, by turns. */
export function request({ client, tenants }: Fleet, name: string, n: number): Promise<Requested> {
  const tenant = tenants[n % tenants.length];
  return client.post<Requested>('/api/v1/environments', {
    name,
    tenant_id: tenant?.tenantId,
    account_id: tenant?.accountId,
    region,
    blueprint: blueprint.ref,
    spec,
    review: 'auto',
    rollback_on_failure: false,
  });
}

/** In order, eight at once. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  await timeInParallel(
    items.map((item) => () => work(item)),
    8,
  );
}

async function settle({ db }: Fleet, { say }: Life, what: string): Promise<void> {
  for (let seen = -1; ;) {
    const left = await countUnfinished(db);
    if (left === 0) return;
    if (seen < 0 || left <= seen - 25) {
      say(`${what}: ${left} runs to go`);
      seen = left;
    }
    await delay(250);
  }
}

type Call = 'create' | 'read' | 'update' | 'delete';

interface Weather extends Life {
  random(): number;
  /** What an environment is made of. */
  readonly types: readonly string[];
}

function faultsOf({ faultPercent, random, types }: Weather, calls: readonly Call[]): Fault[] {
  return calls.flatMap((on) =>
    types
      .filter(() => random() * 100 < faultPercent)
      .map((type): Fault => ({ kind: 'fail', type, on, message, times: 1 })),
  );
}

const message = 'api error ThrottlingException: Rate exceeded';

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
