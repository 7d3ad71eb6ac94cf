import { z } from 'zod';
import type { Receipt } from '../../src/receipt/receipt-store.js';
import { iso, time } from './common.js';

export const receipt = z
  .strictObject({
    receipt_id: z.string(),
    run_id: z.string(),
    verdict: z
      .enum(['clean', 'leftovers', 'partial'])
      .describe('`partial` = nothing was found, but not every place was searched'),
    body: z.string().describe('the JSON that is signed, to the byte: places, leftovers, what was kept'),
    signature: z.string().describe('of `body`: Ed25519, base64'),
    public_key: z.string().describe('SubjectPublicKeyInfo in PEM'),
    created_at: time,
  })
  .meta({ id: 'Receipt' });

export const receiptAnswer = z.strictObject({
  environment_id: z.string(),
  receipt: receipt.nullable().describe('null before a destroy has emptied the state'),
});

export function receiptView(found: Receipt): z.input<typeof receipt> {
  return {
    receipt_id: found.receiptId,
    run_id: found.runId,
    verdict: found.verdict,
    body: found.body,
    signature: found.signature,
    public_key: found.publicKey,
    created_at: iso(found.createdAt),
  };
}
