/** After a crash in mid-apply: import blocks for what was created but is in no state. Pure. */
import type { JournalEntry } from './apply-events.js';
import { importId, importsByReportedId } from './import-ids.js';

export interface ImportBlock {
  readonly to: string;
  readonly id: string;
}

/** The content of `adopt.tf.json`. */
export interface Adoption {
  readonly import: readonly ImportBlock[];
}

export interface AdoptionProps {
  /** The journal of the interrupted run, oldest first. */
  readonly journal: readonly JournalEntry[];
  /** Addresses that the latest state holds. */
  readonly stateAddresses: ReadonlySet<string>;
  /** From `plannedValues`: address -> arguments of the plan that was being applied. */
  readonly planned: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/**
 * What to adopt: every creation that was started and not undone, is missing from the state, and has a known import id.
 * A creation that had only started may not exist: the plan then names it (`nonExistentImports`) and it is dropped.
 */
export function adoptionBlocks(props: AdoptionProps): Adoption {
  const created = new Map<string, JournalEntry>();
  for (const entry of props.journal) {
    if (entry.action === 'create') created.set(entry.address, entry);
    else if (entry.action === 'delete' && entry.step === 'finished') created.delete(entry.address);
  }
  const blocks = [...created.values()]
    .filter(({ address }) => !props.stateAddresses.has(address))
    .map((entry) => ({ to: entry.address, id: idOf(entry, props.planned.get(entry.address)) }))
    .filter((block): block is ImportBlock => block.id !== undefined);
  return { import: blocks };
}

/** The same without some addresses. */
export function dropImports(adoption: Adoption, addresses: readonly string[]): Adoption {
  return { import: adoption.import.filter(({ to }) => !addresses.includes(to)) };
}

function idOf(
  entry: JournalEntry,
  planned: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const byArguments = importId(entry.resourceType, planned ?? {});
  if (byArguments !== undefined) return byArguments;
  return importsByReportedId(entry.resourceType) ? entry.idValue : undefined;
}
