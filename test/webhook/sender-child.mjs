// A sender in a process of its own, to be killed: database URL and key come as arguments.
import { Buffer } from 'node:buffer';
import process from 'node:process';
import { createKeyring } from '../../dist/src/crypto/envelope.js';
import { createPool } from '../../dist/src/db/pool.js';
import { createOutbound } from '../../dist/src/http/outbound.js';
import { createLog } from '../../dist/src/log/log.js';
import { startWebhookSender } from '../../dist/worker/webhook-sender.js';

const [databaseUrl, key] = process.argv.slice(2);
startWebhookSender({
  db: createPool(databaseUrl),
  databaseUrl,
  keyring: createKeyring({ current: Buffer.from(key, 'hex') }),
  log: createLog('silent', 'child'),
  outbound: createOutbound({ allowedRanges: ['127.0.0.0/8'] }),
  pollMs: 25,
});
