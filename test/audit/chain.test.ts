import { describe, expect, test } from '@jest/globals';
import { linkHash, noHash, pruneAction, walkChain, type ChainVerdict } from '../../src/audit/audit-chain.js';
import type { AuditHead, AuditRow } from '../../src/audit/audit.js';

function chain(entries: readonly string[], start: AuditHead = { sequence: 0, sha256: noHash }): AuditRow[] {
  let last = start;
  return entries.map((entry) => {
    const link = { sequence: last.sequence + 1, entry, previousSha256: last.sha256 };
    last = { sequence: link.sequence, sha256: linkHash(link) };
    return { ...link, sha256: last.sha256 };
  });
}

function verdictOn(rows: readonly AuditRow[], head?: AuditHead): ChainVerdict {
  const walk = walkChain();
  for (const row of rows) walk.take(row);
  return walk.finish(head);
}

const five = chain(['{"a":1}', '{"a":2}', '{"a":3}', '{"a":4}', '{"a":5}']);
const headOf = (rows: readonly AuditRow[]): AuditHead => ({
  sequence: rows.at(-1)!.sequence,
  sha256: rows.at(-1)!.sha256,
});
const replaced = (rows: readonly AuditRow[], at: number, row: AuditRow) =>
  rows.map((one, n) => (n === at ? row : one));

interface Breach {
  readonly name: string;
  breaks(rows: readonly AuditRow[]): AuditRow[];
  readonly fault: { readonly sequence: number; readonly kind: string; readonly message: string };
}

const breaches: readonly Breach[] = [
  {
    name: 'a row altered',
    breaks: (rows) => replaced(rows, 2, { ...rows[2]!, entry: '{"a":9}' }),
    fault: {
      sequence: 3,
      kind: 'altered',
      message: 'row 3 was altered: its hash is not that of its content',
    },
  },
  {
    name: 'a row altered with its hash made anew',
    breaks: (rows) => {
      const link = { ...rows[2]!, entry: '{"a":9}' };
      return replaced(rows, 2, { ...link, sha256: linkHash(link) });
    },
    fault: {
      sequence: 3,
      kind: 'replaced',
      message: 'row 3 was replaced: row 4 was written after another one',
    },
  },
  {
    name: 'a row removed',
    breaks: (rows) => rows.filter((_, n) => n !== 1),
    fault: { sequence: 2, kind: 'missing', message: 'row 2 is missing: after row 1 comes row 3' },
  },
  {
    name: 'the first row removed',
    breaks: (rows) => rows.slice(1),
    fault: {
      sequence: 1,
      kind: 'missing',
      message: 'row 1 is missing: the log starts at row 2 and retention ended at row 0',
    },
  },
  {
    name: 'the last row removed',
    breaks: (rows) => rows.slice(0, 4),
    fault: { sequence: 5, kind: 'missing', message: 'row 5 is missing: the log ended at row 5' },
  },
  {
    name: 'all rows removed',
    breaks: () => [],
    fault: { sequence: 1, kind: 'missing', message: 'rows 1 to 5 are missing: the log is empty' },
  },
  {
    name: 'two rows in each other’s place',
    breaks: (rows) =>
      replaced(replaced(rows, 1, { ...rows[2]!, sequence: 2 }), 2, { ...rows[1]!, sequence: 3 }),
    fault: {
      sequence: 2,
      kind: 'altered',
      message: 'row 2 was altered: its hash is not that of its content',
    },
  },
  {
    name: 'the end written anew',
    breaks: (rows) => [...rows.slice(0, 4), ...chain(['{"a":9}'], headOf(rows.slice(0, 4)))],
    fault: {
      sequence: 5,
      kind: 'replaced',
      message: 'row 5 was replaced: it is not the known last row',
    },
  },
];

describe('the chain', () => {
  test('is intact as it was written, and tells its head', () => {
    expect(verdictOn(five, headOf(five))).toEqual({ intact: true, rows: 5, head: headOf(five) });
    expect(verdictOn([], { sequence: 0, sha256: noHash })).toMatchObject({ intact: true, rows: 0 });
  });

  test.each(breaches)('names $name', ({ breaks, fault }) => {
    expect(verdictOn(breaks(five), headOf(five))).toMatchObject({ intact: false, fault });
  });

  test('that retention shortened is intact while a row tells of it, and only from there', () => {
    const pruned = (through: AuditHead) => `{"action":"${pruneAction}","after":${JSON.stringify(through)}}`;
    const rows = chain([...five.map(({ entry }) => entry), pruned(headOf(five.slice(0, 3)))]);
    expect(verdictOn(rows.slice(3), headOf(rows))).toMatchObject({ intact: true, rows: 3 });
    expect(verdictOn(rows.slice(4), headOf(rows))).toMatchObject({ fault: { sequence: 4, kind: 'missing' } });
    const forged = chain(['{"a":8}', pruned(headOf(five.slice(0, 3)))], { sequence: 3, sha256: noHash });
    expect(verdictOn(forged, headOf(forged))).toMatchObject({ fault: { sequence: 4, kind: 'replaced' } });
  });
});
