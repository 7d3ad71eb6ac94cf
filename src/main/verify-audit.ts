/** Verifies an export of the audit log from standard input: says `intact` with the last row, or names the row at fault and exits 1. */
import { createInterface } from 'node:readline';
import { verifyLines } from '../audit/audit-export.js';

try {
  const verdict = await verifyLines(createInterface({ input: process.stdin }));
  const text = verdict.intact
    ? `intact: ${verdict.rows} rows, the last is ${verdict.head.sequence} ${verdict.head.sha256}`
    : verdict.fault.message;
  process.stdout.write(`${text}\n`);
  process.exitCode = verdict.intact ? 0 : 1;
} catch (error) {
  process.stderr.write(`cannot verify: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
