/** What stops terraform and is a matter of the worker's machine, not of a provider or a cloud. Pure. */
import type { Diagnostic } from './diagnostics.js';

/** The last words of a Go program (terraform, or a provider below it), and of one that cannot start another. */
const lackOfMemory =
  /^(fatal error|runtime): .*(out of memory|cannot allocate memory|failed to reserve page summary memory|failed to create new OS thread)|\bfork\/exec \S+: (cannot allocate memory|resource temporarily unavailable)/m;

export function lacksMemory(output: string): boolean {
  return lackOfMemory.test(output);
}

/** Providers tell of disks far away, too: with the address of a resource, and without a path in the work directory of a run. */
export function isDiskFull({ summary, detail, address }: Omit<Diagnostic, 'severity'>): boolean {
  const text = `${summary} ${detail}`;
  if (!/no space left on device|disk quota exceeded/i.test(text)) return false;
  return address === undefined || /\/run_[a-z0-9]+\//.test(text);
}

/** A plan file is a zip archive: it ends with the record of its end. Terraform does not notice when a full disk cuts it off. */
export function isCutOff(planFile: Buffer): boolean {
  return planFile.length < 22 || planFile.readUInt32LE(planFile.length - 22) !== 0x06054b50;
}
