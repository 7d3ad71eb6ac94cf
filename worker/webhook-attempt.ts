import { auditSystem } from '../src/audit/auditor.js';
import { maskText } from '../src/audit/audit-mask.js';
import type { Keyring } from '../src/crypto/envelope.js';
import { inTransaction, type Db, type Tx } from '../src/db/db.js';
import { appendEvent } from '../src/event/event-store.js';
import { OutboundFault } from '../src/http/outbound-fault.js';
import type { Outbound } from '../src/http/outbound.js';
import type { Clock } from '../src/lib/clock.js';
import type { Log } from '../src/log/log.js';
import { Redactor } from '../src/log/redactor.js';
import { disableAfterMs, nextAttempt, retryAfterMs } from '../src/webhook/delivery-rules.js';
import { saveAttempt, type DueDelivery } from '../src/webhook/delivery-store.js';
import { signatureHeaders } from '../src/webhook/signature.js';
import { disableWebhook, noteFailure, noteSuccess, readSecrets } from '../src/webhook/webhook-store.js';
import { pingType } from '../src/webhook/webhook.js';

export interface AttemptDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly log: Log;
  readonly outbound: Outbound;
  readonly clock: Clock;
  /** Of one attempt, from look-up to the end of the answer. */
  readonly timeoutMs: number;
}

/** What a receiver did; `fault` is null when it took the delivery. */
interface Reception {
  readonly code: number | null;
  readonly body: string | null;
  readonly fault: string | null;
  readonly waitMs?: number | undefined;
}

const keptBytes = 1_000;
const gone = 410;

/** Sends a delivery once and stores what came of it. An attempt that `signal` ends leaves no trace: it will be made again. */
export async function attempt(deps: AttemptDeps, due: DueDelivery, signal: AbortSignal): Promise<void> {
  const at = deps.clock.now();
  const begin = performance.now();
  const reception = await callReceiver(deps, due, { at, signal });
  if (reception === undefined) return;
  const durationMs = Math.round(performance.now() - begin);
  await inTransaction(deps.db, (tx) => settle(tx, deps, { due, reception, at, durationMs }));
}

async function callReceiver(
  { db, keyring, log, outbound, clock, timeoutMs }: AttemptDeps,
  { webhookId, deliveryId, url, body }: DueDelivery,
  { at, signal }: { readonly at: Date; readonly signal: AbortSignal },
): Promise<Reception | undefined> {
  const secrets = await readSecrets(db, keyring, { webhookId, now: at }).catch((error: unknown) => {
    log.error({ err: error, webhook_id: webhookId }, 'the secret of a webhook cannot be read');
    return null;
  });
  if (secrets === null) return refused('the secret of the webhook cannot be read: rotate it');
  if (secrets.length === 0) return undefined;
  try {
    const answer = await outbound({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signatureHeaders({ deliveryId, at, body, secrets }) },
      body,
      timeoutMs,
      limitBytes: keptBytes,
      cut: true,
      signal,
    });
    const { status: code } = answer;
    return {
      code,
      body: maskText(answer.body.toString('utf8'), new Redactor()),
      fault: code >= 200 && code < 300 ? null : `the receiver answered ${code}`,
      waitMs: retryAfterMs(answer.headers['retry-after'], clock.now()),
    };
  } catch (fault) {
    if (!(fault instanceof OutboundFault)) throw fault;
    return fault.reason === 'aborted' ? undefined : refused(fault.message);
  }
}

const refused = (fault: string): Reception => ({ code: null, body: null, fault });

interface Ended {
  readonly due: DueDelivery;
  readonly reception: Reception;
  readonly at: Date;
  readonly durationMs: number;
}

async function settle(tx: Tx, { clock, log }: AttemptDeps, ended: Ended): Promise<void> {
  const { due, reception, at, durationMs } = ended;
  const { code: responseCode, body: responseBody, fault } = reception;
  const told = { deliveryId: due.deliveryId, at, durationMs, responseCode, responseBody, fault };
  if (fault === null) {
    await noteSuccess(tx, due.webhookId);
    return saveAttempt(tx, { ...told, status: 'delivered', nextAttemptAt: null });
  }
  if (due.eventType === pingType) return saveAttempt(tx, { ...told, status: 'failed', nextAttemptAt: null });
  const now = clock.now();
  const since = await noteFailure(tx, due.webhookId, now);
  const { startedAt } = due;
  const next = nextAttempt({
    attempts: due.attempts + 1,
    startedAt,
    now,
    waitMs: reception.waitMs,
    random: Math.random(),
  });
  await saveAttempt(tx, { ...told, status: next === null ? 'failed' : 'pending', nextAttemptAt: next });
  const tooLong = next === null && now.getTime() - since.getTime() >= disableAfterMs;
  if (responseCode !== gone && !tooLong) return;
  const reason = tooLong
    ? `its receiver has failed since ${since.toISOString()}`
    : 'its receiver answered 410: it wants nothing more';
  await disable(tx, due, { reason, now });
  log.warn({ webhook_id: due.webhookId, reason }, 'a webhook was disabled');
}

async function disable(
  tx: Tx,
  { webhookId, tenantId }: DueDelivery,
  { reason, now }: { readonly reason: string; readonly now: Date },
): Promise<void> {
  if ((await disableWebhook(tx, webhookId, { reason, now })) === undefined) return;
  const message = `webhook ${webhookId} was disabled: ${reason}; mend the receiver, then enable it`;
  const data = { webhook_id: webhookId, reason };
  await appendEvent(tx, {
    tenantId,
    environmentId: null,
    runId: null,
    type: 'webhook_disabled',
    message,
    data,
  });
  await auditSystem(tx, {
    action: 'webhook_disabled',
    target: webhookId,
    tenant_id: tenantId,
    result: 'done',
    detail: reason,
    before: { enabled: true },
    after: { enabled: false },
  });
}
