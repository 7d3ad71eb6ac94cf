/** The verbs of Terraform's `http` state backend, each as one transaction. */
import type { Keyring } from '../crypto/envelope.js';
import { inTransaction, type Tx } from '../db/db.js';
import { appError, AppError } from '../errors/app-error.js';
import { sha256 } from '../lib/hash.js';
import { judgeWrite, md5Matches, parseState } from './state-rules.js';
import type { StateBackendProps } from './state-backend.js';
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

type Verb = (props: StateBackendProps, writer: Writer, question: Question) => Promise<Answer>;

const verbs: Readonly<Record<string, Verb>> = { GET: read, POST: write, LOCK: lock, UNLOCK: unlock };

export async function answerTo(
  props: StateBackendProps,
  writer: Writer,
  question: Question,
): Promise<Answer> {
  const verb = verbs[question.method];
  if (verb === undefined) return { status: 405, body: `${question.method} is not possible here` };
  try {
    return await verb(props, writer, question);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'internal') throw error;
    props.log.warn({ run_id: writer.runId, code: error.code }, error.message);
    return { status: error.status, body: error.message };
  }
}

async function read({ db, keyring }: StateBackendProps, { environmentId }: Writer): Promise<Answer> {
  const latest = await latestVersion(db, environmentId);
  if (latest === null) return { status: 404 };
  return { status: 200, json: true, body: openVersion(keyring, environmentId, latest) };
}

async function write(
  { db, keyring }: StateBackendProps,
  writer: Writer,
  question: Question,
): Promise<Answer> {
  if (!md5Matches(question.body, question.md5))
    throw appError('state_conflict', 'the state did not arrive whole: its Content-MD5 is another');
  return inTransaction(db, async (tx) => {
    await assertFenced(tx, writer);
    const held = await currentLock(tx, writer.environmentId);
    if (held !== null && held.lockId !== question.lockId) return locked(held);
    await addVersion(tx, keyring, writer, question.body);
    return { status: 200 };
  });
}

/** Stores a state that terraform could not hand over (`errored.tfstate`), under the same rules but the lock's id. */
export async function rescueState(
  { db, keyring }: Pick<StateBackendProps, 'db' | 'keyring'>,
  writer: Writer,
  body: Buffer,
): Promise<void> {
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

async function lock({ db }: StateBackendProps, writer: Writer, question: Question): Promise<Answer> {
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

async function unlock(
  { db }: StateBackendProps,
  { environmentId }: Writer,
  question: Question,
): Promise<Answer> {
  const { ID } = lockInfo(question.body);
  if (await dropLock(db, environmentId, ID)) return { status: 200 };
  const held = await currentLock(db, environmentId);
  return held === null ? { status: 200 } : locked(held);
}

async function assertFenced(tx: Tx, writer: Writer): Promise<void> {
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
function locked({ lockId, runId, info }: Lock): Answer {
  return refusal({ ...info, ID: `${lockId}, held by run ${runId}` });
}

function refusal(holder: Readonly<Record<string, unknown>>): Answer {
  return { status: 423, json: true, body: JSON.stringify(holder) };
}

function lockInfo(body: Buffer): { readonly ID: string } & Record<string, unknown> {
  try {
    const info: unknown = JSON.parse(body.toString('utf8'));
    if (typeof info === 'object' && info !== null && 'ID' in info && typeof info.ID === 'string')
      return { ...info, ID: info.ID };
  } catch {
    // falls through to the refusal below
  }
  throw appError('state_conflict', 'the lock has no ID');
}
