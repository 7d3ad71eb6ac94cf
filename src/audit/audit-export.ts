import { canonicalJson } from '../lib/canonical-json.js';
import { walkChain, type ChainVerdict } from './audit-chain.js';
import type { AuditRow } from './audit.js';

/** The row that a line of an export was made from. Throws when the line is no such thing. */
export function rowOfLine(line: string): AuditRow {
  const { sequence, previous_sha256, sha256, ...entry } = JSON.parse(line) as Record<string, unknown>;
  if (typeof sequence !== 'number' || typeof previous_sha256 !== 'string' || typeof sha256 !== 'string')
    throw new Error('this is not a line of an audit log');
  return { sequence, entry: canonicalJson(entry), previousSha256: previous_sha256, sha256 };
}

/** The verdict on an export of the whole log, as `Accept: application/x-ndjson` gives it. Needs no database. */
export async function verifyLines(lines: AsyncIterable<string>): Promise<ChainVerdict> {
  const walk = walkChain();
  for await (const line of lines) if (line !== '') walk.take(rowOfLine(line));
  return walk.finish();
}
