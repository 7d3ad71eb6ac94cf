import { sha256 } from '../lib/hash.js';
import type { AuditHead, AuditRow } from './audit.js';

/** The action by which retention tells up to where rows were removed. */
export const pruneAction = 'audit_pruned';

/** The hash before the first row. */
export const noHash = '0'.repeat(64);

/** SHA-256 of the previous hash, the row's number and its canonical JSON, a line each. */
export function linkHash(row: Pick<AuditRow, 'sequence' | 'entry' | 'previousSha256'>): string {
  return sha256(`${row.previousSha256}\n${row.sequence}\n${row.entry}`);
}

/** The row at which the chain breaks, and how. */
export interface ChainFault {
  readonly sequence: number;
  readonly kind: 'altered' | 'missing' | 'replaced';
  readonly message: string;
}

export type ChainVerdict =
  | { readonly intact: true; readonly rows: number; readonly head: AuditHead }
  | { readonly intact: false; readonly rows: number; readonly fault: ChainFault };

export interface ChainWalk {
  /** Takes the next row, in order of sequence. */
  take(row: AuditRow): void;
  /** The verdict on all rows taken; `head` is the last link as it was kept apart from the rows. */
  finish(head?: AuditHead): ChainVerdict;
}

/** Walks a chain from its first kept row and remembers the first fault. */
export function walkChain(): ChainWalk {
  let fault: ChainFault | undefined;
  let rows = 0;
  let first: AuditRow | undefined;
  let last: AuditRow | undefined;
  let anchor: AuditHead | undefined;
  return {
    take: (row) => {
      rows += 1;
      fault ??= rowFault(row, last);
      anchor = anchorIn(row) ?? anchor;
      first ??= row;
      last = row;
    },
    finish: (head) => {
      const found = fault ?? startFault(first, anchor, head) ?? endFault(last, head);
      if (found !== undefined) return { intact: false, rows, fault: found };
      const end = last ?? { sequence: 0, sha256: noHash };
      return { intact: true, rows, head: { sequence: end.sequence, sha256: end.sha256 } };
    },
  };
}

function rowFault(row: AuditRow, last: AuditRow | undefined): ChainFault | undefined {
  const { sequence } = row;
  if (last !== undefined && sequence !== last.sequence + 1)
    return fault(
      last.sequence + 1,
      'missing',
      `row ${last.sequence + 1} is missing: after row ${last.sequence} comes row ${sequence}`,
    );
  if (linkHash(row) !== row.sha256)
    return fault(sequence, 'altered', `row ${sequence} was altered: its hash is not that of its content`);
  if (last !== undefined && row.previousSha256 !== last.sha256)
    return fault(
      last.sequence,
      'replaced',
      `row ${last.sequence} was replaced: row ${sequence} was written after another one`,
    );
  return undefined;
}

/** A chain starts at row 1, or where a later row says that retention ended. */
function startFault(
  first: AuditRow | undefined,
  anchor: AuditHead | undefined,
  head: AuditHead | undefined,
): ChainFault | undefined {
  if (first === undefined)
    return head === undefined || head.sequence === 0
      ? undefined
      : fault(1, 'missing', `rows 1 to ${head.sequence} are missing: the log is empty`);
  const start = anchor ?? { sequence: 0, sha256: noHash };
  if (first.sequence !== start.sequence + 1)
    return fault(
      start.sequence + 1,
      'missing',
      `row ${start.sequence + 1} is missing: the log starts at row ${first.sequence} and retention ended at row ${start.sequence}`,
    );
  if (first.previousSha256 !== start.sha256)
    return fault(
      first.sequence,
      'replaced',
      `row ${first.sequence} was replaced: it does not follow what was before it`,
    );
  return undefined;
}

function endFault(last: AuditRow | undefined, head: AuditHead | undefined): ChainFault | undefined {
  if (last === undefined || head === undefined) return undefined;
  if (last.sequence < head.sequence)
    return fault(
      last.sequence + 1,
      'missing',
      `row ${last.sequence + 1} is missing: the log ended at row ${head.sequence}`,
    );
  if (last.sequence > head.sequence || last.sha256 !== head.sha256)
    return fault(
      last.sequence,
      'replaced',
      `row ${last.sequence} was replaced: it is not the known last row`,
    );
  return undefined;
}

function anchorIn({ entry }: AuditRow): AuditHead | undefined {
  if (!entry.includes(`"action":"${pruneAction}"`)) return undefined;
  const { action, after } = JSON.parse(entry) as { action: string; after: AuditHead };
  return action === pruneAction ? after : undefined;
}

function fault(sequence: number, kind: ChainFault['kind'], message: string): ChainFault {
  return { sequence, kind, message };
}
