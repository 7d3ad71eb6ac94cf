/** The verbs of Terraform's `http` state backend, each as one transaction. */
import type { Keyring } from '../crypto/envelope.js';
import { inTransaction, type Db, type Tx } from '../db/db.js';
import { appError, AppError } from '../errors/app-error.js';
import { sha256 } from '../lib/hash.js';
import type { Log } from '../log/log.js';
import { parseLock, type LockInfo } from './bucket-rules.js';
import { judgeWrite, md5Matches, parseState } from './state-rules.js';
import {
  currentLock,
  dropLock,
  holdsLease,
  insertVersion,
  latestVersion,
  openVersion,
  takeLock,
  type Lock,
  type Writer,
} from './state-store.js';

/** Where rows are written, and what seals them. */
export interface Kept {
  readonly db: Db;
  readonly keyring: Keyring;
}

export interface Question {
  readonly method: string;
  /** The lock the writer holds: `?ID=`. */
  readonly lockId: string | undefined;
  readonly md5: string | undefined;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly json?: boolean;
}

/** What terraform may ask of a place for states, as one run may ask it. */
export interface StateVerbs {
  GET(): Promise<Answer>;
  POST(question: Question): Promise<Answer>;
  LOCK(question: Question): Promise<Answer>;
  UNLOCK(question: Question): Promise<Answer>;
}

export async function answerTo(
  verbs: StateVerbs,
  { log, runId }: { readonly log: Log; readonly runId: string },
  question: Question,
): Promise<Answer> {
  const { method } = question;
  if (!isVerb(method)) return { status: 405, body: `${method} is not possible here` };
  try {
    return await verbs[method](question);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'internal') throw error;
    log.warn({ run_id: runId, code: error.code }, error.message);
    return { status: statusOf(error), body: error.message };
  }
}

function isVerb(method: string): method is keyof StateVerbs {
  return ['GET', 'POST', 'LOCK', 'UNLOCK'].includes(method);
}

/** Terraform asks again for a minute after anything from 500 on: only where that may help. */
function statusOf({ status, retryable }: AppError): number {
  if (status < 500) return status;
  return retryable ? 503 : 409;
}

/** States in PostgreSQL. */
export function managedVerbs(props: Kept, writer: Writer): StateVerbs {
  return {
    GET: () => read(props, writer),
    POST: (question) => write(props, writer, question),
    LOCK: (question) => lock(props, writer, question),
    UNLOCK: (question) => unlock(props, writer, question),
  };
}

async function read({ db, keyring }: Kept, { environmentId }: Writer): Promise<Answer> {
  const latest = await latestVersion(db, environmentId);
  if (latest === null) return { status: 404 };
  return { status: 200, json: true, body: openVersion(keyring, environmentId, latest) };
}

async function write({ db, keyring }: Kept, writer: Writer, question: Question): Promise<Answer> {
  assertWhole(question);
  return inTransaction(db, async (tx) => {
    await assertFenced(tx, writer);
    const held = await currentLock(tx, writer.environmentId);
    if (held !== null && held.lockId !== question.lockId) return locked(held);
    await addVersion(tx, keyring, writer, question.body);
    return { status: 200 };
  });
}

export function assertWhole({ body, md5 }: Question): void {
  if (!md5Matches(body, md5))
    throw appError('state_conflict', 'the state did not arrive whole: its Content-MD5 is another');
}

/** Stores a state that terraform could not hand over (`errored.tfstate`), under the same rules but the lock's id. */
export async function rescueState({ db, keyring }: Kept, writer: Writer, body: Buffer): Promise<void> {
  await inTransaction(db, async (tx) => {
    await assertFenced(tx, writer);
    await addVersion(tx, keyring, writer, body);
  });
}

async function addVersion(tx: Tx, keyring: Keyring, writer: Writer, body: Buffer): Promise<void> {
  const text = body.toString('utf8');
  const { serial, lineage, resources } = parseState(text);
  const version = { serial, lineage, sha256: sha256(body) };
  const verdict = judgeWrite(await latestVersion(tx, writer.environmentId), version);
  if (verdict instanceof AppError) throw verdict;
  if (verdict === 'write')
    await insertVersion(tx, keyring, { ...version, ...writer, text, resourceCount: resources.length });
}

export async function lock({ db }: Pick<Kept, 'db'>, writer: Writer, question: Question): Promise<Answer> {
  const info = lockInfo(question.body);
  return inTransaction(db, async (tx) => {
    if (!(await holdsLease(tx, writer))) return leaseOver(writer);
    const held = await takeLock(tx, writer, {
      lockId: info.ID,
      info: { ...info, Who: `run ${writer.runId}` },
    });
    return held.lockId === info.ID ? { status: 200 } : locked(held);
  });
}

export async function unlock(
  { db }: Pick<Kept, 'db'>,
  { environmentId }: Writer,
  question: Question,
): Promise<Answer> {
  const { ID } = lockInfo(question.body);
  if (await dropLock(db, environmentId, ID)) return { status: 200 };
  const held = await currentLock(db, environmentId);
  return held === null ? { status: 200 } : locked(held);
}

/** Throws `lease_lost` when the run is somebody else's by now. */
export async function assertFenced(tx: Tx, writer: Writer): Promise<void> {
  if (!(await holdsLease(tx, writer))) throw appError('lease_lost', lostText(writer));
}

function lostText({ runId, epoch }: Writer): string {
  return `run ${runId} is no longer this worker's: epoch ${epoch} is over`;
}

/** Terraform reads any refusal of a lock as a description of its holder, and shows of that the ID alone. */
function leaseOver(writer: Writer): Answer {
  return refusal({ ID: lostText(writer), Who: 'another worker' });
}

/** 423 with the holder's own description; the run is named in the ID, or nobody would get to see it. */
export function locked({ lockId, runId, info }: Lock): Answer {
  return refusal({ ...info, ID: `${lockId}, held by run ${runId}` });
}

export function refusal(holder: Readonly<Record<string, unknown>>): Answer {
  return { status: 423, json: true, body: JSON.stringify(holder) };
}

export function lockInfo(body: Buffer): LockInfo {
  const info = parseLock(body.toString('utf8'));
  if (info === null) throw appError('state_conflict', 'the lock has no ID');
  return info;
}
