/** Jobs to hand to the queue, written in the transaction of the change that needs them. */
import type { Queryable } from '../db/db.js';
import type { JobName, JobPayload } from './job.js';

export interface OutboxJob {
  readonly jobName: JobName;
  /** Deterministic: the same step of the same run has the same id. */
  readonly jobId: string;
  readonly payload: JobPayload;
}

/** Adds a job; one of that id that is there already stays as it is. */
export async function enqueue(tx: Queryable, job: OutboxJob): Promise<void> {
  await tx.query(
    `insert into outbox (job_name, job_id, payload) values ($1, $2, $3) on conflict (job_id) do nothing`,
    [job.jobName, job.jobId, job.payload],
  );
}

/** Has a job sent once more, whether or not it was sent before. */
export async function resend(db: Queryable, job: OutboxJob): Promise<void> {
  await db.query(
    `insert into outbox (job_name, job_id, payload) values ($1, $2, $3)
     on conflict (job_id) do update set sent_at = null`,
    [job.jobName, job.jobId, job.payload],
  );
}

/** Forgets jobs sent more than a day ago. */
export async function deleteSent(db: Queryable): Promise<void> {
  await db.query(`delete from outbox where sent_at < now() - interval '1 day'`);
}

export interface UnsentJob extends OutboxJob {
  readonly outboxId: number;
}

/** Locks a batch of unsent jobs that no other relay holds, oldest first. */
export async function lockUnsent(tx: Queryable, limit: number): Promise<UnsentJob[]> {
  const { rows } = await tx.query<UnsentJob>(
    `select outbox_id as "outboxId", job_name as "jobName", job_id as "jobId", payload
     from outbox where sent_at is null order by outbox_id limit $1 for update skip locked`,
    [limit],
  );
  return rows;
}

export async function markSent(tx: Queryable, outboxIds: readonly number[]): Promise<void> {
  await tx.query(`update outbox set sent_at = now() where outbox_id = any($1)`, [outboxIds]);
}
