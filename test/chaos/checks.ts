/** What must hold when a run has come to rest, whatever struck it. Each check gives a text per violation. */
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findTypeSchema } from '../../src/sandbox/schema/type-schema.js';
import { listSandboxObjects } from '../../src/sandbox/sandbox-store.js';
import { readState } from '../../src/state/state-store.js';
import type { Fleet } from './fleet.js';
import { terraforms } from './processes.js';

/** How long traces may take to go: two sweeps and a terraform that is told to stop. */
const patienceMs = 6_000;

/** How many objects of each type an undisturbed create makes. */
export type Reference = ReadonlyMap<string, number>;

export async function violationsOf(
  fleet: Fleet,
  environmentId: string,
  reference: Reference,
): Promise<string[]> {
  const traces = [
    () => unfinished(fleet, environmentId),
    () => held(fleet, environmentId),
    () => work(fleet),
    () => jobs(fleet),
  ];
  const waited = await Promise.all(traces.map((look) => settled(look)));
  const objects = await objectsOfState(fleet, environmentId);
  return [...waited.flat(), ...objects, ...(await madeTwice(fleet, environmentId, reference))];
}

async function settled(look: () => Promise<string[]>): Promise<string[]> {
  for (const until = Date.now() + patienceMs; ; await delay(50)) {
    const found = await look();
    if (found.length === 0 || Date.now() > until) return found;
  }
}

/** Statuses in which nothing moves an environment but a person. */
const resting = ['ready', 'failed', 'rolled_back', 'destroyed', 'awaiting_review'];

async function unfinished({ db }: Fleet, environmentId: string): Promise<string[]> {
  const { rows } = await db.query<{ status: string }>(
    'select status from environments where environment_id = $1',
    [environmentId],
  );
  const status = rows[0]?.status ?? 'not there';
  return resting.includes(status) ? [] : [`the environment is ${status}`];
}

async function held({ db }: Fleet, environmentId: string): Promise<string[]> {
  const { rows: locks } = await db.query('select 1 from state_locks where environment_id = $1', [
    environmentId,
  ]);
  const { rows: leases } = await db.query(
    'select 1 from runs where environment_id = $1 and (lease_owner is not null or lease_expires_at is not null)',
    [environmentId],
  );
  return [
    ...(locks.length > 0 ? ['a lock of the state is left'] : []),
    ...(leases.length > 0 ? ['a lease is left'] : []),
  ];
}

async function work(fleet: Fleet): Promise<string[]> {
  const running = await terraforms(fleet.workdirBase);
  const folders = await readdir(fleet.workdirBase).catch(() => []);
  return [
    ...running.map(({ args }) => `a process is left: ${args.slice(0, 3).join(' ')}`),
    ...folders.map((name) => `a work directory is left: ${name}`),
  ];
}

/** Jobs in the outbox and those that wait; what a dead worker had in hand is looked at when all is over. */
async function jobs({ db, api }: Fleet): Promise<string[]> {
  const { rows } = await db.query<{ jobId: string }>(
    'select job_id as "jobId" from outbox where sent_at is null',
  );
  const metrics = String((await api.call('GET', '/metrics')).body);
  const depth = /^provisioning_queue_length(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1];
  return [
    ...rows.map(({ jobId }) => `a job was not sent: ${jobId}`),
    ...(depth === '0' ? [] : [`jobs wait in the queue: ${depth ?? 'unknown'}`]),
  ];
}

/** The cloud and the state hold the same objects. */
async function objectsOfState({ db, keyring }: Fleet, environmentId: string): Promise<string[]> {
  const objects = await listSandboxObjects(db, environmentId);
  const state = await readState({ db, keyring }, environmentId);
  const { rows } = await db.query<{ accountId: string; region: string }>(
    `select a.cloud_account_id as "accountId", e.region from environments e join accounts a using (account_id)
     where environment_id = $1`,
    [environmentId],
  );
  const scope = { environmentId, runId: '', ...rows[0]! };
  const real = new Set(objects.map(({ type, objectId }) => `${type} ${objectId}`));
  const known = new Set<string>();
  for (const { type, values } of state?.resources ?? []) {
    const identity = findTypeSchema(type)?.overlay.identify?.(values, scope);
    if (identity !== undefined) known.add(`${type} ${identity.objectId}`);
  }
  return [
    ...[...real].filter((one) => !known.has(one)).map((one) => `exists, but not in the state: ${one}`),
    ...[...known].filter((one) => !real.has(one)).map((one) => `in the state, but does not exist: ${one}`),
  ];
}

export async function madeByType(
  { db }: Pick<Fleet, 'db'>,
  environmentId: string,
): Promise<Map<string, number>> {
  const { rows } = await db.query<{ type: string; made: number }>(
    'select type, count(*)::int as made from chaos.made where environment_id = $1 group by type',
    [environmentId],
  );
  return new Map(rows.map(({ type, made }) => [type, made]));
}

async function madeTwice(fleet: Fleet, environmentId: string, reference: Reference): Promise<string[]> {
  const made = await madeByType(fleet, environmentId);
  return [...made]
    .filter(([type, count]) => count > (reference.get(type) ?? 0))
    .map(([type, count]) => `made twice: ${count} of ${type}, ${reference.get(type) ?? 0} are asked for`);
}
