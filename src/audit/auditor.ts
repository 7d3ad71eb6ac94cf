/** Writes the audit log: changes by intent and outcome, refusals by one row, retention by a row of its own. */
import { inTransaction, type Db, type Tx } from '../db/db.js';
import { systemClock, type Clock } from '../lib/clock.js';
import { newId } from '../lib/ids.js';
import type { Log } from '../log/log.js';
import { Redactor } from '../log/redactor.js';
import { maskText } from './audit-mask.js';
import { pruneAction } from './audit-chain.js';
import {
  appendAudit,
  appendAuditIn,
  deleteThrough,
  insertIntent,
  lastBefore,
  takeOldIntents,
} from './audit-store.js';
import type { AuditEntry } from './audit.js';

/** What is known of a request before anything is done; the rest is its outcome. */
export type AuditSubject = Pick<
  AuditEntry,
  'actor_id' | 'actor_name' | 'action' | 'target' | 'tenant_id' | 'ip' | 'request_id'
>;
export type AuditOutcome = Partial<AuditSubject> &
  Pick<AuditEntry, 'result'> &
  Partial<Pick<AuditEntry, 'status' | 'code' | 'detail' | 'before' | 'after' | 'repeated'>>;

export interface Auditor {
  /** Notes what is about to be changed; rejects when it cannot, and nothing may be changed then. Returns the intent's id. */
  intend(subject: AuditSubject): Promise<string>;
  /** Appends what became of it. Never rejects: an outcome that could not be written stays an intent and is told later. */
  settle(subject: AuditSubject, outcome: AuditOutcome, intentId: string | null): Promise<void>;
}

export interface AuditorProps {
  readonly db: Db;
  readonly log: Log;
  readonly clock?: Clock;
}

export function createAuditor({ db, log, clock = systemClock }: AuditorProps): Auditor {
  return {
    intend: async (subject) => {
      const intentId = newId('auditIntent');
      await insertIntent(db, intentId, auditEntry(clock, subject, { result: 'unknown' }));
      return intentId;
    },
    settle: (subject, outcome, intentId) =>
      appendAudit(db, auditEntry(clock, subject, outcome), intentId).catch((error: unknown) =>
        log.error(
          { err: error, correlation_id: subject.request_id },
          'a line of the audit log could not be written',
        ),
      ),
  };
}

export function auditEntry(clock: Clock, subject: AuditSubject, outcome: AuditOutcome): AuditEntry {
  const nothing = { status: null, code: null, detail: null, before: null, after: null, repeated: 0 };
  return { at: clock.now().toISOString(), ...nothing, ...subject, ...outcome };
}

const bySystem = { actor_id: 'system', actor_name: 'terrace', ip: null, request_id: null } as const;

/** Tells what the system itself did, in the transaction in which it did it. */
export async function auditSystem(
  tx: Tx,
  did: Pick<AuditSubject, 'action' | 'target' | 'tenant_id'> & AuditOutcome,
): Promise<void> {
  const detail = typeof did.detail === 'string' ? maskText(did.detail, new Redactor()) : null;
  await appendAuditIn(tx, auditEntry(systemClock, { ...bySystem, ...did }, { ...did, detail }));
}

/** An intent this old belongs to no living request. */
const deadAfterSeconds = 900;

/** Tells of changes whose process died before it could say what became of them. */
export async function settleLostIntents(db: Db, seconds: number = deadAfterSeconds): Promise<number> {
  return inTransaction(db, async (tx) => {
    const lost = await takeOldIntents(tx, seconds);
    const detail = 'the process ended before the outcome was known; the change may have been made';
    for (const entry of lost) await appendAuditIn(tx, { ...entry, detail });
    return lost.length;
  });
}

const dayMs = 86_400_000;

/** Removes rows older than that many days; a row of the chain tells up to where, so that the rest can still be verified. */
export async function pruneAudit(db: Db, days: number, clock: Clock = systemClock): Promise<number> {
  return inTransaction(db, async (tx) => {
    const last = await lastBefore(tx, new Date(clock.now().getTime() - days * dayMs));
    if (last === null) return 0;
    const subject = { ...bySystem, action: pruneAction, target: 'audit', tenant_id: null };
    await appendAudit(tx, auditEntry(clock, subject, { result: 'done', after: last }), null);
    return deleteThrough(tx, last.sequence);
  });
}
