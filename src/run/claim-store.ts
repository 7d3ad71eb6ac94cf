/**
 * Which run a free slot takes: decided here, in one transaction, whatever job woke the slot. What a lost worker left comes
 * first. Then the tenant with the least in hand for its weight; among equals the one whose turn it is by start-time fair
 * queueing (Goyal, Vin, Cheng 1996); and of that tenant the oldest run. docs/fairness.md tells why nobody starves.
 */
import type { Db, Queryable, Tx } from '../db/db.js';
import { inTransaction } from '../db/db.js';
import { claimRun } from './lease-store.js';
import type { RunStatus } from './run-state.js';
import type { Run } from './run.js';

export interface ClaimNext {
  readonly owner: string;
  readonly leaseSeconds: number;
  /** Runs of one account in the hands of all workers. @default - no limit */
  readonly accountRunsAtOnce?: number | undefined;
}

export interface Claimed {
  readonly run: Run;
  /** What the run was before. */
  readonly from: 'queued' | 'approved' | 'interrupted';
}

/** Takes the run whose turn it is; null = none waits that may be taken. */
export async function claimNext(db: Db, claim: ClaimNext): Promise<Claimed | null> {
  return inTransaction(db, async (tx) => {
    const { rows } = await tx.query<{ turn: number }>('select turn from claim_clock for update');
    const turn = rows[0]?.turn ?? 0;
    const refused: string[] = [];
    for (;;) {
      const due = await dueRuns(tx, { ...claim, turn, refused });
      const next = (await firstFree(tx, due)) ?? due[0];
      if (next === undefined) return null;
      const { runId, status: from } = next;
      const run = await claimRun(tx, { ...claim, runId, from, to: workOf(next) });
      if (run !== null && from !== 'interrupted') await noteTurn(tx, run.tenantId, turn);
      if (run !== null) return { run, from };
      refused.push(runId);
    }
  });
}

interface Due {
  readonly runId: string;
  readonly environmentId: string;
  readonly status: Claimed['from'];
  readonly interruptedFrom: RunStatus | null;
}

function workOf({ status, interruptedFrom }: Due): RunStatus {
  if (status === 'interrupted') return interruptedFrom ?? 'planning';
  return status === 'queued' ? 'planning' : 'applying';
}

/** The first whose environment nobody has locked; a choice waits for a lock only when there is nothing else to take. */
async function firstFree(tx: Tx, due: readonly Due[]): Promise<Due | undefined> {
  for (const one of due) {
    const { rowCount } = await tx.query(
      'select from environments where environment_id = $1 for update skip locked',
      [one.environmentId],
    );
    if (rowCount === 1) return one;
  }
  return undefined;
}

interface Choice {
  readonly turn: number;
  readonly accountRunsAtOnce?: number | undefined;
  /** Runs that the claim itself refused. */
  readonly refused: readonly string[];
}

/** The runs that come next, best first, one of each tenant; what a claim would certainly refuse is left out. */
async function dueRuns(tx: Tx, choice: Choice): Promise<Due[]> {
  const { rows: lost } = await tx.query<Due>(lostSql, [choice.refused]);
  if (lost.length > 0) return lost;
  const { rows } = await tx.query<Due>(waitingSql, [
    choice.refused,
    choice.turn,
    choice.accountRunsAtOnce ?? null,
  ]);
  return rows;
}

const columns = `r.run_id as "runId", r.environment_id as "environmentId", r.status, r.interrupted_from as "interruptedFrom"`;
const atOnce = 5;

/** A drift check that was told to stop is in the way of the others until it has. */
const checks = `array(select environment_id from runs
  where finished_at is null and lease_owner is not null and kind = 'drift_check')`;
const notInTheWay = `(r.kind = 'drift_check' or r.environment_id <> all(${checks}))`;

const lostSql = `
  select ${columns} from runs r
  where finished_at is null and lease_owner is null and status = 'interrupted'
    and interrupted_from in ('planning', 'applying', 'verifying', 'rolling_back') and run_id <> all($1) and ${notInTheWay}
  order by waits_since, run_id limit ${atOnce}`;

const isWaiting = `r.finished_at is null and r.lease_owner is null and r.status in ('queued', 'approved')`;

/** Goes through the index from tenant to tenant: its time grows with the tenants that wait, not with their runs. */
const waitingSql = `
  with recursive waiting (tenant_id) as (
    (select r.tenant_id from runs r where ${isWaiting} order by r.tenant_id limit 1)
    union all
    select (select r.tenant_id from runs r where ${isWaiting} and r.tenant_id > w.tenant_id order by r.tenant_id limit 1)
    from waiting w where w.tenant_id is not null),
  in_hand as materialized (
    select tenant_id, count(*) as runs from runs
    where finished_at is null and lease_owner is not null and kind <> 'drift_check' group by tenant_id),
  full_accounts as materialized (
    select account_id from runs where finished_at is null and lease_owner is not null
    group by account_id having count(*) >= $3::int),
  shut as materialized (
    select b.account_id, b.region from circuit_breakers b
    where b.open_until > now() or (b.open_until is not null and exists (
      select from runs t where t.run_id = b.trial_run_id and t.lease_owner is not null)))
  select ${columns}
  from waiting w
  join tenants t on t.tenant_id = w.tenant_id
  left join in_hand h on h.tenant_id = w.tenant_id
  left join tenant_turns s on s.tenant_id = w.tenant_id
  cross join lateral (
    select r.* from runs r
    where r.tenant_id = w.tenant_id and ${isWaiting} and r.run_id <> all($1)
      and (t.status <> 'suspended' or r.status = 'approved')
      and r.account_id <> all(array(select account_id from full_accounts))
      and ${notInTheWay}
      and (not exists (select from shut) or not exists (
        select from environments e join shut on shut.account_id = e.account_id and shut.region = e.region
        where e.environment_id = r.environment_id))
    order by r.waits_since, r.run_id limit 1) r
  where coalesce(h.runs, 0) < coalesce(t.max_runs_at_once, 2147483647)
  order by r.waits_since > (now() at time zone 'UTC'), coalesce(h.runs, 0)::float8 / t.weight,
    greatest(coalesce(s.turn, 0), $2), coalesce(s.claim, 0), r.waits_since, r.run_id
  limit ${atOnce}`;

/** The tenant had its turn: the next one is as much later as its weight is small. */
async function noteTurn(tx: Tx, tenantId: string, turn: number): Promise<void> {
  await tx.query(
    `with served as (
       insert into tenant_turns as s (tenant_id, turn, claim)
       select tenant_id, $2::float8 + 1.0::float8 / weight, (select claims + 1 from claim_clock) from tenants where tenant_id = $1
       on conflict (tenant_id) do update set
         turn = greatest(s.turn, $2) + (excluded.turn - $2), claim = excluded.claim
       returning turn, 1.0::float8 / (select weight from tenants where tenant_id = $1) as step)
     update claim_clock set claims = claims + 1, turn = greatest(claim_clock.turn, served.turn - served.step) from served`,
    [tenantId, turn],
  );
}

/** How many runs of its tenant a waiting one is behind. */
export async function runsAhead(db: Queryable, runId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from runs r join runs mine on mine.run_id = $1 and r.tenant_id = mine.tenant_id
     where r.finished_at is null and r.lease_owner is null and r.status in ('queued', 'approved')
       and (r.waits_since, r.run_id) < (mine.waits_since, mine.run_id)`,
    [runId],
  );
  return rows[0]?.count ?? 0;
}

/** How many runs of the account of a run are in the hands of workers. */
export async function runsInAccount(
  db: Queryable,
  runId: string,
): Promise<{ readonly accountId: string; readonly runs: number } | null> {
  const { rows } = await db.query<{ accountId: string; runs: number }>(
    `select mine.account_id as "accountId", (select count(*)::int from runs r
       where r.account_id = mine.account_id and r.finished_at is null and r.lease_owner is not null) as runs
     from runs mine where mine.run_id = $1`,
    [runId],
  );
  return rows[0] ?? null;
}
