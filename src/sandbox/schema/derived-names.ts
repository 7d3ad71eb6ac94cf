import { randomBytes } from 'node:crypto';
import { sha256 } from '../../lib/hash.js';
import type { SandboxRun } from '../sandbox-run.js';

/** Lower-case hex that is always the same for the same environment and words. */
export function stableHex(run: SandboxRun, length: number, ...words: string[]): string {
  return sha256([run.environmentId, ...words].join('\0')).slice(0, length);
}

/** A UUID (version 4 form) that is always the same for the same environment and words. */
export function stableUuid(run: SandboxRun, ...words: string[]): string {
  const hex = stableHex(run, 32, ...words);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A number in `0 <= n < limit`, always the same for the same environment and words. */
export function stableNumber(run: SandboxRun, limit: number, ...words: string[]): number {
  return parseInt(stableHex(run, 8, ...words), 16) % limit;
}

export function arn(run: SandboxRun, service: string, resource: string): string {
  return `arn:aws:${service}:${run.region}:${run.accountId}:${resource}`;
}

/** A host name that no resolver answers (RFC 6761, `.invalid`): nobody can reach it by mistake. */
export function host(run: SandboxRun, service: string, ...labels: string[]): string {
  return [...labels, run.region, service, 'sandbox.invalid'].join('.');
}

/** What a cloud appends to a name prefix: new each time. */
export function randomSuffix(length: number): string {
  return randomBytes(length).toString('hex').slice(0, length);
}
