/**
 * Workers, sweepers and people act in any order on real PostgreSQL, and jobs come twice, late and in the wrong order. A model
 * in memory says what each act must do; rows, refusals and the history of statuses are compared with it after each.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLog } from '../../src/log/log.js';
import { canFollow } from '../../src/run/run-state.js';
import { startSweeper, type Sweeper } from '../../worker/sweeper.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { allCommands } from './model-commands.js';
import { assertSame, drain, openWorld, type World } from './model-world.js';

let database: TestDatabase;
let sweeper: Sweeper;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.query(`
    create table history (run_id text not null, was text not null, became text not null);
    create function note_status() returns trigger language plpgsql as $$
    begin
      insert into history values (new.run_id, old.status, new.status);
      return new;
    end $$;
    create trigger note_status after update on runs for each row
      when (old.status <> new.status or old.finished_at is not null) execute function note_status();`);
  const config = {
    LEASE_SECONDS: 600,
    SWEEP_SECONDS: 600,
    PLAN_MAX_AGE: 600,
    home: '/nowhere',
    workdirBase: '/nowhere',
  };
  // As much of a worker as its sweeper touches.
  const deps = { db: database.db, config, log: createLog('silent', 'test'), active: new Map() };
  sweeper = startSweeper(deps as unknown as Parameters<typeof startSweeper>[0]);
});

afterAll(async () => {
  sweeper.close();
  await database.drop();
});

test('no order of acts and deliveries leads a run where the machine does not, or into two hands, or loses it', async () => {
  const worlds: World[] = [];
  await fc.assert(
    fc.asyncProperty(fc.commands(allCommands, { maxCommands: 60, size: 'max' }), async (commands) => {
      const world = await openWorld(database.db, () => sweeper.sweep());
      worlds.push(world);
      await fc.asyncModelRun(() => ({ model: world.model, real: world }), commands);
      await drain(world);
      await assertSame(world);
    }),
    { numRuns: 25, endOnFailure: true },
  );
  const { rows } = await database.db.query<{ was: never; became: never; seen: number }>(
    'select was, became, count(*)::int as seen from history group by was, became',
  );
  expect(rows.filter(({ was, became }) => !canFollow(was, became))).toEqual([]);
  // The walks went where it is dangerous.
  const seen = new Set(rows.map(({ was, became }) => `${was} ${became}`));
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'queued planning',
      'planning interrupted',
      'interrupted planning',
      'approved applying',
    ]),
  );
});
