/**
 * The verbs of Terraform's `http` state backend for a state in the customer's bucket.
 *
 * Nothing can change a lease in PostgreSQL and an object in S3 at once, so three things together keep an old worker from
 * harm: the lease is asked before each write; a write names the version that this run has read last, and S3 refuses it when
 * there is another; and the lock is held in PostgreSQL first and in the bucket second, where a person's terraform
 * (`use_lockfile`) sees it. A write that was under way when its lease ended may still land: then the successor's first write
 * is the one that S3 refuses, and its run ends with `state_conflict`. Neither ever overwrites the other.
 */
import { inTransaction, type Db } from '../db/db.js';
import { appError, AppError } from '../errors/app-error.js';
import { sha256 } from '../lib/hash.js';
import { isLeftBehind, lockMark, parseLock, type LockInfo } from './bucket-rules.js';
import type { StoredObject } from './s3-object.js';
import type { StateBucket } from './state-bucket.js';
import {
  assertFenced,
  assertWhole,
  lock,
  lockInfo,
  locked,
  refusal,
  unlock,
  type Answer,
  type Question,
  type StateVerbs,
} from './state-protocol.js';
import { judgeWrite, parseState, type Version } from './state-rules.js';
import { currentLock, recordObject, type Writer } from './state-store.js';

interface Run {
  readonly db: Db;
  readonly bucket: StateBucket;
  readonly writer: Writer;
  /** What this run has read or written last; undefined = nothing yet, null = there was none. */
  seen: (Version & { readonly etag: string }) | null | undefined;
}

export function bucketVerbs(db: Db, bucket: StateBucket, writer: Writer): StateVerbs {
  const run: Run = { db, bucket, writer, seen: undefined };
  return {
    GET: () => read(run),
    POST: (question) => write(run, question),
    LOCK: (question) => takeBoth(run, question),
    UNLOCK: (question) => giveBoth(run, question),
  };
}

async function read(run: Run): Promise<Answer> {
  const found = await look(run);
  return found === null ? { status: 404 } : { status: 200, json: true, body: found.text };
}

async function look(run: Run): Promise<StoredObject | null> {
  const found = await run.bucket.state.read();
  run.seen = found === null ? null : { ...versionOf(found.text), etag: found.etag };
  return found;
}

function versionOf(text: string): Version {
  const { serial, lineage } = parseState(text);
  return { serial, lineage, sha256: sha256(text) };
}

async function write(run: Run, question: Question): Promise<Answer> {
  assertWhole(question);
  const held = await inTransaction(run.db, async (tx) => {
    await assertFenced(tx, run.writer);
    return currentLock(tx, run.writer.environmentId);
  });
  if (held !== null && held.lockId !== question.lockId) return locked(held);
  await putState(run, question.body);
  return { status: 200 };
}

/** Stores a state that terraform could not hand over (`errored.tfstate`), under the same rules but the lock's id. */
export async function rescueIntoBucket(
  db: Db,
  bucket: StateBucket,
  { writer, body }: { readonly writer: Writer; readonly body: Buffer },
): Promise<void> {
  await inTransaction(db, (tx) => assertFenced(tx, writer));
  await putState({ db, bucket, writer, seen: undefined }, body);
}

async function putState(run: Run, body: Buffer): Promise<void> {
  const { bucket, writer } = run;
  const text = body.toString('utf8');
  const { resources } = parseState(text);
  const version = versionOf(text);
  if (run.seen === undefined) await look(run);
  const verdict = judgeWrite(run.seen ?? null, version);
  if (verdict instanceof AppError) throw verdict;
  if (verdict === 'same') return;
  const written =
    (await bucket.state.write(text, run.seen?.etag ?? null)) ?? (await mine(run, version.sha256));
  if (written === null)
    throw appError(
      'state_conflict',
      `${bucket.state.address} was changed since this run has read it; nothing was overwritten`,
    );
  run.seen = { ...version, etag: written.etag };
  await recordObject(run.db, {
    ...version,
    ...writer,
    resourceCount: resources.length,
    sizeBytes: body.length,
    objectVersion: written.version,
  });
}

/** A write whose answer was lost is tried again by the client of AWS, and finds itself there. */
async function mine(run: Run, hash: string): Promise<StoredObject | null> {
  const found = await run.bucket.state.read();
  return found !== null && sha256(found.text) === hash ? found : null;
}

async function takeBoth(run: Run, question: Question): Promise<Answer> {
  const { db, bucket, writer } = run;
  const first = await lock({ db }, writer, question);
  if (first.status !== 200) return first;
  const info = lockInfo(question.body);
  let holder: LockInfo | null;
  try {
    holder = await takeInBucket(bucket, { ...info, Who: `run ${writer.runId}`, Info: lockMark });
  } catch (error) {
    await unlock({ db }, writer, question);
    throw error;
  }
  if (holder === null) return first;
  await unlock({ db }, writer, question);
  const who = typeof holder.Who === 'string' ? holder.Who : 'somebody else';
  return refusal({ ...holder, ID: `${holder.ID}, held by ${who} at ${bucket.lock.address}` });
}

/** Null when it is ours; else who holds it. */
async function takeInBucket(bucket: StateBucket, info: LockInfo): Promise<LockInfo | null> {
  const text = JSON.stringify(info);
  if ((await bucket.lock.write(text, null)) !== null) return null;
  const there = await bucket.lock.read();
  const holder = there === null ? null : parseLock(there.text);
  if (there !== null && !isLeftBehind(holder)) return holder ?? unreadable;
  return (await bucket.lock.write(text, there?.etag ?? null)) === null ? takeInBucket(bucket, info) : null;
}

/** Who holds the lock in the bucket, in words; null = nobody, or a run of Terrace that is over. */
export async function bucketLockHolder(bucket: StateBucket): Promise<string | null> {
  const there = await bucket.lock.read();
  if (there === null) return null;
  const info = parseLock(there.text);
  if (isLeftBehind(info)) return null;
  const who = typeof info?.Who === 'string' ? info.Who : 'somebody else';
  return `${who} at ${bucket.lock.address}`;
}

const unreadable: LockInfo = { ID: 'a lock that cannot be read' };

async function giveBoth(run: Run, question: Question): Promise<Answer> {
  const { db, bucket, writer } = run;
  const there = await bucket.lock.read();
  const { ID } = lockInfo(question.body);
  if (there !== null && parseLock(there.text)?.ID === ID) await bucket.lock.remove();
  return unlock({ db }, writer, question);
}
