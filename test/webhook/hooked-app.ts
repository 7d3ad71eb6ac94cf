/** The app with a sender beside it, a receiver on loopback and a clock that tests move. */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { inTransaction } from '../../src/db/db.js';
import { appendEvent } from '../../src/event/event-store.js';
import type { EventType } from '../../src/event/event-types.js';
import { createOutbound } from '../../src/http/outbound.js';
import { createLog } from '../../src/log/log.js';
import { startWebhookSender } from '../../worker/webhook-sender.js';
import { startApp, type AppUnderTest } from '../api/app-under-test.js';
import type { Json } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { insertRun, type TestRun } from '../support/rows.js';
import { startReceiver, type Receiver } from './receiver.js';

const loopback = ['127.0.0.0/8'];

export interface HookedApp {
  readonly app: AppUnderTest;
  readonly receiver: Receiver;
  /** A webhook for a path of the receiver, or for an address. */
  hook(to: string, settings?: Record<string, unknown>): Promise<Json>;
  /** Appends an event of a run, in a transaction of its own. */
  tell(run: TestRun, type?: EventType, data?: Record<string, unknown>): Promise<void>;
  newRun(): Promise<TestRun>;
  /** Moves the clock. */
  pass(ms: number): void;
  /** The newest delivery of a webhook once it is so. */
  delivery(webhookId: string, until: (one: Json) => boolean): Promise<Json>;
  close(): Promise<void>;
}

export async function startHookedApp(): Promise<HookedApp> {
  let aheadMs = 0;
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  const app = await startApp({ clock, allowedRanges: loopback });
  const receiver = await startReceiver();
  const { db, url: databaseUrl } = app.database;
  const sender = startWebhookSender({
    db,
    databaseUrl,
    keyring: app.keyring,
    log: createLog('silent', 'test'),
    outbound: createOutbound({ allowedRanges: loopback, lookup: withPrivateName }),
    clock,
    timeoutMs: 400,
    pollMs: 25,
  });
  return {
    app,
    receiver,
    hook: async (to, settings = {}) => {
      const url = to.startsWith('/') ? receiver.url(to) : to;
      const { status, body } = await app.admin.call('POST', '/api/v1/webhooks', { url, ...settings });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body;
    },
    tell: (run, type = 'run_planning', data = {}) =>
      inTransaction(db, (tx) => {
        const { tenantId, environmentId, runId } = run;
        return appendEvent(tx, { tenantId, environmentId, runId, type, message: `it is ${type}`, data });
      }),
    newRun: () => insertRun(db),
    pass: (ms) => (aheadMs += ms),
    delivery: (webhookId, until) =>
      eventually(`a delivery of ${webhookId}`, async () => {
        const { items } = await app.admin.get(`/api/v1/webhooks/${webhookId}/deliveries`);
        return items.length > 0 && until(items[0]) && items[0];
      }),
    close: async () => {
      await receiver.close();
      await sender.close();
      await app.close();
    },
  };
}

/** `internal.example.com` leads into a private network; other names are the system's. */
const withPrivateName = ((
  name: string,
  options: object,
  done: (fault: null, found: LookupAddress[]) => void,
) =>
  name === 'internal.example.com'
    ? done(null, [{ address: '10.0.0.7', family: 4 }])
    : systemLookup(name, { ...options, all: true }, done as never)) as unknown as typeof systemLookup;
