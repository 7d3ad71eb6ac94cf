import type { Db } from '../db/db.js';
import type { Page, PageRequest } from '../lib/page.js';
import type { RequestContext } from '../token/principal.js';
import { walkChain, type ChainVerdict } from './audit-chain.js';
import { listAudit, readAudit, readChain } from './audit-store.js';
import type { AuditFilter, AuditHead, AuditRow } from './audit.js';

/** The audit log is read, exported and verified; a token bound to a tenant sees that tenant's rows alone. */
export interface AuditService {
  list(ctx: RequestContext, filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>>;
  /** All rows of the filter, oldest first, a thousand at a time. */
  export(ctx: RequestContext, filter: AuditFilter): AsyncGenerator<AuditRow[]>;
  /** Walks the whole chain; a `head` kept from before must still be part of it. */
  verify(ctx: RequestContext, head?: AuditHead): Promise<ChainVerdict>;
}

export function createAuditService(db: Db): AuditService {
  return {
    list: async (ctx, filter, page) => {
      const within = narrowed(ctx, filter);
      return within === null ? { items: [], nextCursor: null } : listAudit(db, within, page);
    },
    export: (ctx, filter) => exportRows(db, narrowed(ctx, filter)),
    verify: async (_ctx, kept) => verifyChain(db, kept),
  };
}

/** The filter within the caller's tenant; null when it asks for another's. */
function narrowed({ principal }: RequestContext, filter: AuditFilter): AuditFilter | null {
  if (principal.tenantId === null) return filter;
  if (filter.tenantId !== undefined && filter.tenantId !== principal.tenantId) return null;
  return { ...filter, tenantId: principal.tenantId };
}

async function* exportRows(db: Db, filter: AuditFilter | null): AsyncGenerator<AuditRow[]> {
  if (filter === null) return;
  let after = 0;
  for (;;) {
    const rows = await readAudit(db, filter, { after, limit: 1000 });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.sequence;
  }
}

/** The verdict on the chain as it is in the database now. */
export async function verifyChain(db: Db, kept?: AuditHead): Promise<ChainVerdict> {
  const walk = walkChain();
  let found: string | undefined;
  const head = await readChain(db, (row) => {
    if (row.sequence === kept?.sequence) found = row.sha256;
    walk.take(row);
  });
  const verdict = walk.finish(head);
  if (!verdict.intact || kept === undefined || found === kept.sha256) return verdict;
  const { sequence } = kept;
  const message =
    found === undefined
      ? `row ${sequence} is missing: it is not in the log any more`
      : `row ${sequence} was replaced: its hash is not the one that was kept`;
  return {
    intact: false,
    rows: verdict.rows,
    fault: { sequence, kind: found === undefined ? 'missing' : 'replaced', message },
  };
}
