/** What must hold of the whole installation when nothing is asked of it any more. */
import { setTimeout as delay } from 'node:timers/promises';
import { createPostgresBackend, createRedisBackend, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { verifyChain } from '../../src/audit/audit-service.js';
import type { Fleet } from './fleet.js';

/** A job that a dead worker had in hand is given up after half a minute at most, see src/queue/queue.ts. */
const jobMs = 120_000;

export async function violationsOfWhole(
  fleet: Fleet,
  { waitForJobs }: { waitForJobs: boolean },
): Promise<string[]> {
  const verdict = await verifyChain(fleet.db);
  const { rows } = await fleet.db.query<{
    locks: number;
    leases: number;
    unfinished: number;
    objects: number;
  }>(
    `select (select count(*)::int from state_locks) as locks,
       (select count(*)::int from runs where lease_owner is not null) as leases,
       (select count(*)::int from runs where finished_at is null) as unfinished,
       (select count(*)::int from sandbox.objects) as objects`,
  );
  const left = Object.entries(rows[0]!).filter(([, count]) => count > 0);
  const jobs = waitForJobs ? await jobsLeft(fleet) : 0;
  return [
    ...(verdict.intact ? [] : [`the audit chain is broken: ${verdict.fault.message}`]),
    ...left.map(([what, count]) => `${count} ${what} are left`),
    ...(jobs === 0 ? [] : [`${jobs} jobs are left in the queue`]),
  ];
}

async function jobsLeft({ databaseUrl, redis }: Fleet): Promise<number> {
  const connection = redis === undefined ? undefined : new Redis(redis.url, { maxRetriesPerRequest: null });
  const queue =
    connection === undefined
      ? new (withBackend(createPostgresBackend).Queue)('terrace', {
          connection: { connectionString: databaseUrl, schema: 'bullmq', max: 1 },
        })
      : new (withBackend(createRedisBackend).Queue)('terrace', { connection });
  try {
    for (const until = Date.now() + jobMs; ; await delay(500)) {
      const counts = await queue.getJobCounts('active', 'waiting', 'delayed', 'prioritized', 'failed');
      const left = Object.values(counts).reduce((sum, count) => sum + count, 0);
      if (left === 0 || Date.now() > until) return left;
    }
  } finally {
    await queue.close();
    connection?.disconnect();
  }
}
