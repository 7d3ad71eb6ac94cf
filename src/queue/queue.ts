/**
 * BullMQ 6 as a wake-up: on PostgreSQL by default, on Redis when REDIS_URL is set. It never decides who runs, nor which run
 * is next: a job delivered twice, late or not at all changes nothing but time, because a woken slot claims in PostgreSQL
 * whatever is due and the sweeper sends again what waits.
 */
import { createPostgresBackend, createRedisBackend, runMigrations, withBackend, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { createPool } from '../db/pool.js';
import { appError } from '../errors/app-error.js';
import type { Log } from '../log/log.js';
import { jobNames, jobPayload, type JobName, type JobPayload } from './job.js';

export type { JobName, JobPayload } from './job.js';

export interface JobQueue {
  /** Adds a job; one of that id that still waits or runs makes this a no-op. */
  add(job: { readonly name: JobName; readonly id: string; readonly payload: JobPayload }): Promise<void>;
  /** Takes jobs, `concurrency` at once, until closed. */
  work(concurrency: number, handle: Handler): Promise<Working>;
  /** Jobs waiting. */
  depth(): Promise<number>;
  close(): Promise<void>;
}

export interface Working {
  /** Takes no more jobs; one that is on its way may still come. */
  pause(): Promise<void>;
  resume(): void;
  /** Takes no more jobs, and waits for those in hand. */
  close(): Promise<void>;
}

export type Handler = (name: JobName, payload: JobPayload) => Promise<void>;

export interface QueueProps {
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  readonly log: Log;
}

const queueName = 'terrace';
const schema = 'bullmq';
const jobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
const events = { events: { maxLen: 1000 } };

export async function openQueue(props: QueueProps): Promise<JobQueue> {
  if (props.redisUrl !== undefined) return onRedis(props.redisUrl, props.log);
  await migrateQueue(props.databaseUrl);
  return onPostgres(props.databaseUrl, props.log);
}

/** BullMQ's own tables, in a schema of their own; its migrator takes an advisory lock. */
async function migrateQueue(databaseUrl: string): Promise<void> {
  const pool = createPool(databaseUrl, { max: 1, applicationName: 'terrace-queue-migration' });
  try {
    const client = await pool.connect();
    await runMigrations(client, schema).finally(() => client.release());
  } finally {
    await pool.end();
  }
}

function onPostgres(databaseUrl: string, log: Log): JobQueue {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const connection = {
    connectionString: databaseUrl,
    schema,
    max: 4,
    application_name: 'terrace-queue',
    // A job lost with the machine is sent again by the sweeper: waiting for the disk would buy nothing.
    options: '-c synchronous_commit=off',
  };
  const queue = new Queue<JobPayload, void, JobName>(queueName, { connection, streams: events });
  return toJobQueue(queue, log, (concurrency, process) => {
    return new Worker<JobPayload, void, JobName>(queueName, process, {
      connection,
      concurrency,
      ...patience,
    });
  });
}

function onRedis(redisUrl: string, log: Log): JobQueue {
  const { Queue, Worker } = withBackend(createRedisBackend);
  const open = (retries: number | null) => {
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: retries, connectTimeout: 5_000 });
    connection.on('error', (error) => log.warn({ detail: error.message }, 'redis does not answer'));
    return connection;
  };
  // Who adds a job gets an answer, be it a refusal; who waits for jobs waits through any outage.
  const connections = [open(1)];
  const queue = new Queue<JobPayload, void, JobName>(queueName, {
    connection: connections[0]!,
    streams: events,
  });
  const jobs = toJobQueue(queue, log, (concurrency, process) => {
    const connection = open(null);
    connections.push(connection);
    return new Worker<JobPayload, void, JobName>(queueName, process, {
      connection,
      concurrency,
      ...patience,
    });
  });
  return {
    ...jobs,
    close: async () => {
      await jobs.close();
      for (const connection of connections) connection.disconnect();
    },
  };
}

/**
 * A job is given up for stalled after twenty seconds of silence, and looked for every ten: until then a run whose worker was
 * killed between taking the job and the claim waits. The claim refuses a second delivery of any other. After an outage
 * jobs are asked for again within half a second.
 */
const patience = { lockDuration: 20_000, stalledInterval: 10_000, runRetryDelay: 500 };

interface BullQueue {
  add(name: JobName, payload: JobPayload, options: object): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

interface BullWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  pause(doNotWaitForActive: boolean): Promise<void>;
  resume(): void;
  close(): Promise<void>;
}

type Process = (job: Job<JobPayload, void, JobName>) => Promise<void>;

function toJobQueue(
  queue: BullQueue,
  log: Log,
  openWorker: (concurrency: number, process: Process) => BullWorker,
): JobQueue {
  const complain = (error: Error) => log.warn({ detail: error.message }, 'the queue does not answer');
  queue.on('error', complain);
  return {
    add: async ({ name, id, payload }) => {
      await answered(queue.add(name, payload, { ...jobOptions, jobId: id }));
    },
    work: async (concurrency, handle) => {
      const worker = openWorker(concurrency, (job) => doJob(log, handle, job));
      worker.on('error', complain);
      await worker.waitUntilReady();
      return {
        pause: () => worker.pause(true),
        resume: () => worker.resume(),
        close: () => worker.close(),
      };
    },
    depth: () => answered(queue.getWaitingCount()),
    close: () => queue.close(),
  };
}

const answerLimitMs = 10_000;

/** What the queue answers, or `queue_unavailable` when it refuses or takes too long. */
async function answered<T>(call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerLimitMs} ms`)), answerLimitMs);
  });
  try {
    return await Promise.race([call, late]);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw appError('queue_unavailable', 'the queue does not answer', { detail, cause });
  } finally {
    clearTimeout(timer);
  }
}

/** A handler settles its run itself; what it throws is logged here once and the sweeper sends the job again. */
async function doJob(log: Log, handle: Handler, job: Job<JobPayload, void, JobName>): Promise<void> {
  const payload = jobPayload.safeParse(job.data);
  if (!payload.success || !jobNames.includes(job.name)) {
    log.error({ job_id: job.id, job_name: job.name }, 'a job of an unknown form was dropped');
    return;
  }
  try {
    await handle(job.name, payload.data);
  } catch (error) {
    log.error(
      { err: error, job_id: job.id, run_id: payload.data.run_id },
      'a job failed; it will be sent again',
    );
  }
}
