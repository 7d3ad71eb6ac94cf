/** Circuit breakers: one for each account and region, kept in PostgreSQL so that all workers heed it. */
import type { Queryable } from '../db/db.js';
import { breakerState, type Breaker } from './breaker-rules.js';

/** A run, as far as its breaker is concerned. */
export interface BreakerRun {
  readonly runId: string;
  readonly environmentId: string;
}

export interface BreakerRules {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open the first time; twice as long each time after that, 32 times at most. */
  readonly openSeconds: number;
}

/** Counts a passing failure of the cloud that a run met; enough of them open the breaker. */
export async function noteCloudFailure(
  db: Queryable,
  run: BreakerRun,
  { rules, error }: { readonly rules: BreakerRules; readonly error: string },
): Promise<void> {
  await db.query(
    `insert into circuit_breakers as b (account_id, region, tenant_id, failures, last_error, last_failure_at, open_until, times_opened)
     select account_id, region, tenant_id, 1, $2, now(),
            case when $3 <= 1 then now() + make_interval(secs => $4) end, case when $3 <= 1 then 1 else 0 end
     from environments where environment_id = $1
     on conflict (account_id, region) do update set
       failures = b.failures + 1, last_error = $2, last_failure_at = now(),
       open_until = case when b.failures + 1 >= $3 and coalesce(b.open_until, now()) <= now()
                         then now() + make_interval(secs => $4 * power(2, least(b.times_opened, 5))) else b.open_until end,
       times_opened = b.times_opened + (b.failures + 1 >= $3 and coalesce(b.open_until, now()) <= now())::int,
       trial_run_id = null`,
    [run.environmentId, error, rules.failures, rules.openSeconds],
  );
}

/** What a run did in the cloud has worked: closes its breaker. True when it was open. */
export async function noteCloudSuccess(db: Queryable, run: BreakerRun): Promise<boolean> {
  const { rows } = await db.query<{ wasOpen: boolean }>(
    `with former as (
       select b.account_id, b.region, b.open_until from circuit_breakers b
       join environments e on e.account_id = b.account_id and e.region = b.region
       where e.environment_id = $1 and b.failures > 0 for update of b)
     update circuit_breakers b set failures = 0, times_opened = 0, open_until = null, trial_run_id = null
     from former where b.account_id = former.account_id and b.region = former.region
     returning former.open_until is not null as "wasOpen"`,
    [run.environmentId],
  );
  return rows[0]?.wasOpen ?? false;
}

interface Held extends Breaker {
  readonly accountId: string;
  readonly now: Date;
  readonly trialRunId: string | null;
  /** Whether a worker has the run that tries. */
  readonly trialHeld: boolean;
}

/** Why a run has to wait for its account; null = it does not. With `claim`, it is the one that tries once the time is over. */
export async function breakerHold(
  db: Queryable,
  run: BreakerRun,
  { claim = false }: { readonly claim?: boolean } = {},
): Promise<string | null> {
  if (claim)
    await db.query(
      `select from circuit_breakers b join environments e on e.account_id = b.account_id and e.region = b.region
       where e.environment_id = $1 and open_until is not null for update of b`,
      [run.environmentId],
    );
  const { rows } = await db.query<Held>(
    `select b.account_id as "accountId", b.region, failures, open_until as "openUntil", last_error as "lastError",
            last_failure_at as "lastFailureAt", trial_run_id as "trialRunId", now() as now,
            exists (select 1 from runs r where r.run_id = b.trial_run_id and r.lease_owner is not null) as "trialHeld"
     from circuit_breakers b join environments e on e.account_id = b.account_id and e.region = b.region
     where e.environment_id = $1 and open_until is not null`,
    [run.environmentId],
  );
  const breaker = rows[0];
  if (breaker === undefined) return null;
  const { accountId, region, failures, openUntil, trialRunId, trialHeld } = breaker;
  const where = `account ${accountId} in ${region}`;
  if (breakerState(breaker, breaker.now) === 'open')
    return `${where}, which is left alone until ${openUntil?.toISOString()} after ${failures} failures in a row`;
  if (trialHeld && trialRunId !== run.runId) return `${where}, which run ${trialRunId} tries`;
  if (claim)
    await db.query(`update circuit_breakers set trial_run_id = $3 where account_id = $1 and region = $2`, [
      accountId,
      region,
      run.runId,
    ]);
  return null;
}

/** The breakers of an account that have counted anything, by region. */
export async function listBreakers(db: Queryable, accountId: string): Promise<Breaker[]> {
  const { rows } = await db.query<Breaker>(
    `select region, failures, open_until as "openUntil", last_error as "lastError", last_failure_at as "lastFailureAt"
     from circuit_breakers where account_id = $1 and last_failure_at is not null order by region`,
    [accountId],
  );
  return rows;
}
