/** Signatures of the Standard Webhooks specification (https://www.standardwebhooks.com, version 1.0.0), symmetric form. */
import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';

/** A new secret: `whsec_` and 256 random bits in base64. */
export function newWebhookSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`;
}

export interface Signed {
  readonly deliveryId: string;
  /** When this attempt is made. */
  readonly at: Date;
  readonly body: string;
  /** The current one first; each signs. */
  readonly secrets: readonly string[];
}

/** `webhook-id`, `webhook-timestamp` (Unix seconds) and `webhook-signature`: `v1,<base64>` for each secret, separated by spaces. */
export function signatureHeaders({ deliveryId, at, body, secrets }: Signed) {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${deliveryId}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': deliveryId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
