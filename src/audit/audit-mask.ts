/** Makes what goes into the audit log fit to be kept: secrets masked, sizes bounded, texts that PostgreSQL can store. */
import { canonicalJson } from '../lib/canonical-json.js';
import type { Redactor } from '../log/redactor.js';
import { maskForms } from '../plan/deny-list.js';

/** Names of members whose value is a secret wherever it stands. */
const secretName =
  /^(token|secret|password|passphrase|authorization|external_id|kubeconfig|private_key|secret_key|access_key|session_token|credentials?|.*_(secret|password|token))$/i;
const longestText = 2_000;
const largestValue = 16_000;

/** A text without secrets, at most 2,000 characters. */
export function maskText(text: string, redactor: Redactor): string {
  const masked = maskForms(redactor.mask(text));
  const kept = masked.length > longestText ? `${masked.slice(0, longestText)}...` : masked;
  return kept.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd');
}

/** A JSON value without secrets; one of more than 16,000 characters is told by its size alone. */
export function maskValue(value: unknown, redactor: Redactor): unknown {
  const masked = maskMember('', JSON.parse(JSON.stringify(value ?? null)), redactor);
  const size = JSON.stringify(masked).length;
  return size > largestValue ? { omitted: `${size} characters` } : masked;
}

function maskMember(name: string, value: unknown, redactor: Redactor): unknown {
  if (value !== null && secretName.test(name)) return '***';
  if (typeof value === 'string') return maskText(value, redactor);
  if (Array.isArray(value)) return value.map((item) => maskMember('', item, redactor));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      maskText(key, redactor),
      maskMember(key, member, redactor),
    ]),
  );
}

export interface Difference {
  readonly before: unknown;
  readonly after: unknown;
}

/** Of two views of one thing, the members that both have and that differ; anything else as it is. */
export function difference(before: unknown, after: unknown): Difference {
  if (!isPlain(before) || !isPlain(after)) return { before: before ?? null, after: after ?? null };
  const changed = Object.keys(after).filter(
    (key) => key in before && canonicalJson([before[key]]) !== canonicalJson([after[key]]),
  );
  const only = (view: Record<string, unknown>) => Object.fromEntries(changed.map((key) => [key, view[key]]));
  return { before: only(before), after: only(after) };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
