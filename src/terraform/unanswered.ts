/** Creations over which a provider died: it gave no answer, so the cloud may have made them. Pure. */
import type { JournalEntry } from './apply-events.js';
import type { Diagnostic } from './diagnostics.js';

/** Terraform's words, which name no resource (internal/plugin6/grpc_error.go). */
const noAnswer = /^(Plugin did not respond|Plugin error|Request cancelled)$/;

/** Of the entries of an apply that failed with these diagnostics, the creations whose end nobody knows. */
export function unanswered(
  entries: readonly JournalEntry[],
  diagnostics: readonly Diagnostic[],
): JournalEntry[] {
  if (!diagnostics.some(({ summary }) => noAnswer.test(summary))) return [];
  const answered = new Set(
    diagnostics.filter(({ summary }) => !noAnswer.test(summary)).map(({ address }) => address),
  );
  return entries.filter(
    ({ action, step, address }) => action === 'create' && step === 'errored' && !answered.has(address),
  );
}
