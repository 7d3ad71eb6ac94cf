import type { Queryable } from '../db/db.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import { assertWritten } from './lease-fence.js';
import type { LogLine } from './run.js';

export interface LogBatch {
  readonly runId: string;
  readonly epoch: number;
  readonly phase: string;
  readonly lines: readonly string[];
}

/** Appends redacted lines. Throws `lease_lost` for an old epoch. */
export async function appendLogs(db: Queryable, batch: LogBatch): Promise<void> {
  const { rowCount } = await db.query(
    `insert into run_logs (run_id, phase, line)
     select $1, $3, line from unnest($4::text[]) with ordinality as l(line, n)
     where exists (select 1 from runs where run_id = $1 and lease_epoch = $2)
     order by n`,
    [batch.runId, batch.epoch, batch.phase, batch.lines],
  );
  if (batch.lines.length > 0) assertWritten(batch, rowCount);
}

/** The log of one run, oldest first; `after` is the sequence number last seen. */
export async function listLogs(db: Queryable, runId: string, page: PageRequest): Promise<Page<LogLine>> {
  const { rows } = await db.query<LogLine>(
    `select sequence, phase, line, created_at as "createdAt" from run_logs
     where run_id = $1 and sequence > $2 order by sequence limit $3`,
    [runId, Number(page.after ?? 0), page.limit + 1],
  );
  return toPage(rows, page.limit, (line) => String(line.sequence));
}
