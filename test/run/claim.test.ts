import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inTransaction } from '../../src/db/db.js';
import { newId } from '../../src/lib/ids.js';
import { blockedBy } from '../../src/run/blocked-by.js';
import { claimNext, type ClaimNext } from '../../src/run/claim-store.js';
import type { RunKind } from '../../src/run/run-state.js';
import { getRun } from '../../src/run/run-store.js';
import { transition } from '../../src/run/run-transition.js';
import type { Run } from '../../src/run/run.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
/** Nothing waits, and nobody has had a turn. */
const startAnew = () =>
  database.db.query(
    `update runs set finished_at = now(), lease_owner = null where finished_at is null;
     delete from tenant_turns; update claim_clock set turn = 0, claims = 0`,
  );
beforeEach(startAnew);

interface TestTenant {
  readonly tenantId: string;
  readonly accountId: string;
}

async function addTenant({ weight = 1, runsAtOnce }: { weight?: number; runsAtOnce?: number } = {}) {
  const [tenantId, accountId] = [newId('tenant'), newId('account')];
  await database.db.query(
    `with t as (insert into tenants (tenant_id, name, slug, weight, max_runs_at_once) values ($1, $3, $3, $4, $5))
     insert into accounts (account_id, tenant_id, name, provider, cloud_account_id)
     values ($2, $1, 'sandbox', 'sandbox', '000000000000')`,
    [tenantId, accountId, `t${tenantId.slice(-12)}`, weight, runsAtOnce ?? null],
  );
  return { tenantId, accountId };
}

/** Runs that wait, each in an environment of its own; the first is the oldest. */
async function queue(
  { tenantId, accountId }: TestTenant,
  {
    count = 1,
    kind = 'create',
    minutesAgo = 0,
  }: { count?: number; kind?: RunKind; minutesAgo?: number } = {},
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => [newId('environment'), newId('run')] as const);
  await database.db.query(
    `with made as (
       insert into environments (environment_id, tenant_id, account_id, name, region, blueprint, review, rollback_on_failure,
         deletion_protection, revision, status, settled_status, created_by)
       select id, $3, $4, id, 'eu-central-1', 'app@1', 'auto', false, false, 1, 'queued', 'queued', 'test' from unnest($1::text[]) id)
     insert into runs (run_id, environment_id, tenant_id, account_id, kind, status, revision, review, requested_by, correlation_id,
       created_at)
     select run, environment, $3, $4, $5, 'queued', 1, 'auto', 'test', 'test', now() - make_interval(mins => $6)
     from unnest($1::text[], $2::text[]) as u(environment, run)`,
    [ids.map(([id]) => id), ids.map(([, id]) => id), tenantId, accountId, kind, minutesAgo],
  );
  return ids.map(([, runId]) => runId);
}

const next = async (over: Partial<ClaimNext> = {}): Promise<Run | null> =>
  (await claimNext(database.db, { owner: 'worker', leaseSeconds: 600, ...over }))?.run ?? null;
const end = ({ runId, leaseEpoch: epoch }: Run) =>
  inTransaction(database.db, (tx) => transition(tx, { runId, epoch, to: 'failed', message: 'over' }));
/** Claims one after the other on that many slots, the run that was taken first ends first; whose they were. */
async function play(slots: number, claims: number): Promise<string[]> {
  const inHand: Run[] = [];
  const order: string[] = [];
  while (order.length < claims) {
    const oldest = inHand.length === slots ? inHand.shift() : undefined;
    if (oldest !== undefined) await end(oldest);
    const run = await next();
    if (run === null) break;
    inHand.push(run);
    order.push(run.tenantId);
  }
  return order;
}

describe('a free slot takes', () => {
  test('of one tenant the oldest, with destroys and rollbacks an hour and drift checks last', async () => {
    const tenant = await addTenant();
    const [young] = await queue(tenant);
    const [drift] = await queue(tenant, { kind: 'drift_check', minutesAgo: 30 });
    const [old] = await queue(tenant, { minutesAgo: 90 });
    const [destroy] = await queue(tenant, { kind: 'destroy', minutesAgo: 20 });
    const [rollback] = await queue(tenant, { kind: 'rollback', minutesAgo: 10 });
    expect(await blockedBy(database.db, await getRun(database.db, null, young!))).toBe(
      'a free worker, after 3 runs of its tenant',
    );
    const taken: (string | undefined)[] = [];
    for (let run = await next(); run !== null; run = await next()) taken.push(run.runId);
    expect(taken).toEqual([old, destroy, rollback, young, drift]);
  });

  test('a drift check only when no tenant waits with anything else, until it has waited for an hour', async () => {
    const [one, other] = [await addTenant(), await addTenant()];
    const [late] = await queue(one, { kind: 'drift_check', minutesAgo: 61 });
    const [early] = await queue(one, { kind: 'drift_check', minutesAgo: 59 });
    const [run] = await queue(other, { minutesAgo: 1 });
    expect([(await next())?.runId, (await next())?.runId, (await next())?.runId]).toEqual([late, run, early]);
  });

  test('what a lost worker left before all, over any limit', async () => {
    const tenant = await addTenant({ runsAtOnce: 1 });
    await queue(tenant, { count: 3, minutesAgo: 600 });
    await next();
    const lost = (await queue(await addTenant()))[0]!;
    await database.db.query(
      `update runs set status = 'interrupted', interrupted_from = 'applying' where run_id = $1`,
      [lost],
    );
    expect(await next()).toMatchObject({ runId: lost, status: 'applying' });
    expect(await next()).toBeNull();
  });

  test('nothing of an account that has its runs at once, and of others goes on', async () => {
    const [one, other] = [await addTenant(), await addTenant()];
    await queue(one, { count: 2, minutesAgo: 9 });
    const [waits = ''] = await queue(one);
    await queue(other);
    const accountRunsAtOnce = 2;
    const claim = () => next({ accountRunsAtOnce });
    const taken = [await claim(), await claim(), await claim(), await claim()];
    const held = await getRun(database.db, null, waits);
    expect(await blockedBy(database.db, held, { accountRunsAtOnce })).toBe(
      `account ${one.accountId}: 2 of 2 runs at once`,
    );
    expect(await blockedBy(database.db, held)).toBe('a free worker');
    expect(taken.map((run) => run?.tenantId)).toEqual([
      one.tenantId,
      other.tenantId,
      one.tenantId,
      undefined,
    ]);
  });

  test('another run while somebody has the environment of the first locked, and waits when there is no other', async () => {
    const tenant = await addTenant();
    const [first, second] = [
      ...(await queue(tenant, { minutesAgo: 5 })),
      ...(await queue(await addTenant())),
    ];
    await inTransaction(database.db, async (tx) => {
      await tx.query(
        'select from environments where environment_id = (select environment_id from runs where run_id = $1) for update',
        [first],
      );
      expect((await next())?.runId).toBe(second);
    });
    expect((await next())?.runId).toBe(first);
  });
});

describe('tenants that wait', () => {
  test('take turns: a thousand runs of one delay another by one slot at most', async () => {
    const [many, few] = [await addTenant(), await addTenant()];
    await queue(many, { count: 1000, minutesAgo: 600 });
    expect(await play(2, 3)).toEqual([many.tenantId, many.tenantId, many.tenantId]);
    await queue(few, { count: 3 });
    const order = await play(1, 6);
    expect(order.indexOf(few.tenantId)).toBeLessThanOrEqual(1);
    expect(order.filter((id) => id === few.tenantId)).toHaveLength(3);
  });

  test('share by weight, be there one slot or many', async () => {
    const [light, heavy] = [await addTenant(), await addTenant({ weight: 3 })];
    await queue(light, { count: 12, minutesAgo: 9 });
    await queue(heavy, { count: 12 });
    for (const slots of [1, 4]) {
      const order = await play(slots, 8);
      expect(order.filter((id) => id === heavy.tenantId)).toHaveLength(6);
      await database.db.query(
        `update runs set status = 'failed', finished_at = now(), lease_owner = null where lease_owner is not null`,
      );
    }
  });

  test('share what twenty slots that ask at the same moment get', async () => {
    const tenants = await Promise.all(Array.from({ length: 4 }, () => addTenant()));
    for (const tenant of tenants) await queue(tenant, { count: 8 });
    const taken = await Promise.all(Array.from({ length: 20 }, () => next()));
    expect(new Set(taken.map((run) => run?.runId)).size).toBe(20);
    for (const { tenantId } of tenants)
      expect(taken.filter((run) => run?.tenantId === tenantId)).toHaveLength(5);
  });
});

/** Arrivals and ends in any order, on a few slots, with jobs that say nothing of which run is next. */
const act = fc.oneof(
  fc.record({ tenant: fc.nat(3), kind: fc.constantFrom<RunKind>('create', 'update', 'destroy') }),
  fc.record({ ends: fc.nat(9) }),
);

test('whatever comes and ends: no slot is free while a run may be taken, no tenant is passed over twice, none starves', async () => {
  const weights = fc.tuple(fc.constantFrom(1, 1, 2), fc.constantFrom(1, 1, 3));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      weights,
      fc.array(act, { minLength: 8, maxLength: 24 }),
      async (slots, [second, third], acts) => {
        await startAnew();
        const made = [{}, { weight: second }, { weight: third }, { runsAtOnce: 1 }];
        const tenants = await Promise.all(
          made.map(async (given) => ({
            weight: 1,
            runsAtOnce: Infinity,
            ...given,
            ...(await addTenant(given)),
          })),
        );
        const inHand: Run[] = [];
        const waits = new Map<string, string>();
        /** Of tenants that wait with nothing in hand: how often each other one was served since. */
        const passedBy = new Map<string, Map<string, number>>();
        const held = (id: string) => inHand.filter(({ tenantId }) => tenantId === id).length;
        const admissible = () =>
          tenants.filter(
            ({ tenantId, runsAtOnce }) =>
              [...waits.values()].includes(tenantId) && held(tenantId) < runsAtOnce,
          );
        const take = async () => {
          const able = admissible();
          const run = await next();
          expect(run !== null).toBe(able.length > 0);
          if (run === null) return false;
          const chosen = able.find(({ tenantId }) => tenantId === run.tenantId)!;
          const share = ({ tenantId, weight }: (typeof tenants)[0]) => held(tenantId) / weight;
          expect(share(chosen)).toBe(Math.min(...able.map(share)));
          for (const other of able.filter((one) => one !== chosen && held(one.tenantId) === 0)) {
            const served = passedBy.get(other.tenantId) ?? new Map<string, number>();
            const times = (served.get(run.tenantId) ?? 0) + 1;
            expect(times).toBeLessThanOrEqual(Math.ceil(chosen.weight / other.weight));
            passedBy.set(other.tenantId, served.set(run.tenantId, times));
          }
          passedBy.delete(run.tenantId);
          waits.delete(run.runId);
          inHand.push(run);
          return true;
        };
        const fill = async () => {
          while (inHand.length < slots && (await take()));
        };
        const endOne = async (n: number) => {
          const [run] = inHand.splice(n % Math.max(inHand.length, 1), 1);
          if (run !== undefined) await end(run);
          await fill();
        };
        for (const one of acts) {
          if ('ends' in one) await endOne(one.ends);
          else {
            const tenant = tenants[one.tenant]!;
            const [runId] = await queue(tenant, { kind: one.kind });
            waits.set(runId!, tenant.tenantId);
            await fill();
          }
        }
        while (inHand.length > 0) await endOne(0);
        expect([...waits]).toEqual([]);
      },
    ),
    { numRuns: Number(process.env['FAIRNESS_RUNS'] ?? 8) },
  );
}, 600_000);
