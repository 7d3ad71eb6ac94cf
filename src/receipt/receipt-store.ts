/** The only writer of receipts. */
import { signText } from '../crypto/signing.js';
import type { Keyring } from '../crypto/envelope.js';
import type { Queryable } from '../db/db.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { assertWritten } from '../run/lease-fence.js';
import type { ReceiptBody, Verdict } from './receipt.js';

export const receiptPurpose = 'receipt';

export interface Receipt {
  readonly receiptId: string;
  readonly environmentId: string;
  readonly runId: string;
  readonly verdict: Verdict;
  /** The JSON that is signed, to the byte. */
  readonly body: string;
  readonly signature: string;
  readonly publicKey: string;
  readonly createdAt: Date;
}

/** Signs and keeps it. Throws `lease_lost` for an old epoch. */
export async function insertReceipt(
  { db, keyring }: { readonly db: Queryable; readonly keyring: Keyring },
  receipt: ReceiptBody,
  epoch: number,
): Promise<void> {
  const body = canonicalJson(receipt);
  const { signature, publicKey } = signText(keyring, receiptPurpose, body);
  const { rowCount } = await db.query(
    `insert into receipts (receipt_id, tenant_id, environment_id, run_id, verdict, body, signature, public_key)
     select $1, tenant_id, environment_id, run_id, $3, $4, $5, $6
     from runs where run_id = $2 and lease_epoch = $7`,
    [receipt.receipt_id, receipt.run_id, receipt.verdict, body, signature, publicKey, epoch],
  );
  assertWritten({ runId: receipt.run_id }, rowCount);
}

/** The newest one; null while the environment was never found empty of resources. */
export async function lastReceipt(db: Queryable, environmentId: string): Promise<Receipt | null> {
  const { rows } = await db.query<Receipt>(
    `select receipt_id as "receiptId", environment_id as "environmentId", run_id as "runId", verdict, body,
            signature, public_key as "publicKey", created_at as "createdAt"
     from receipts where environment_id = $1 order by receipt_id desc limit 1`,
    [environmentId],
  );
  return rows[0] ?? null;
}
