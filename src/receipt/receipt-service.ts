import type { Db } from '../db/db.js';
import { getEnvironment } from '../environment/environment-store.js';
import type { RequestContext } from '../token/principal.js';
import { lastReceipt, type Receipt } from './receipt-store.js';

/** Proof of what a destroy left. Throws `not_found` for another tenant's environment. */
export interface ReceiptService {
  /** The newest one; null before a destroy has emptied the state. */
  read(ctx: RequestContext, environmentId: string): Promise<Receipt | null>;
}

export function createReceiptService(db: Db): ReceiptService {
  return {
    read: async ({ principal }, id) => {
      const { environmentId } = await getEnvironment(db, principal.tenantId, id);
      return lastReceipt(db, environmentId);
    },
  };
}
