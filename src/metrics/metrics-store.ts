import type { Queryable } from '../db/db.js';

/** Environments by status, with the age of the oldest. */
export interface StatusCount {
  readonly status: string;
  readonly count: number;
  /** Unix seconds. */
  readonly oldestCreatedAt: number;
}

export async function countEnvironments(db: Queryable): Promise<StatusCount[]> {
  const { rows } = await db.query<StatusCount>(
    `select status, count(*)::int as count, extract(epoch from min(created_at))::float8 as "oldestCreatedAt"
     from environments group by status`,
  );
  return rows;
}

/** Failed runs by provider and region since the beginning. */
export async function countFailures(
  db: Queryable,
): Promise<{ cloud: string; region: string; count: number }[]> {
  const { rows } = await db.query<{ cloud: string; region: string; count: number }>(
    `select a.provider as cloud, e.region, count(*)::int as count
     from runs r join environments e using (environment_id) join accounts a on a.account_id = r.account_id
     where r.status in ('failed', 'rolled_back') group by 1, 2`,
  );
  return rows;
}

/** Seconds from start to end of successful creates, as a histogram: how many took at most each bound. */
export async function createDurations(
  db: Queryable,
  bounds: readonly number[],
): Promise<{ counts: readonly number[]; count: number; sum: number }> {
  const { rows } = await db.query<{ counts: number[]; count: number; sum: number }>(
    `with took as (
       select extract(epoch from finished_at - started_at)::float8 as s from runs
       where kind = 'create' and status = 'succeeded' and started_at is not null and finished_at is not null)
     select (select count(*)::int from took) as count, (select coalesce(sum(s), 0) from took) as sum,
            array(select (select count(*)::int from took where s <= b) from unnest($1::float8[]) with ordinality u(b, n)
                  order by n) as counts`,
    [bounds],
  );
  return rows[0] ?? { counts: bounds.map(() => 0), count: 0, sum: 0 };
}
