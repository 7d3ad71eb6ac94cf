/** What a Terraform state may be followed by. Pure. Format: state version 4 of Terraform 0.14 and newer. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { appError, type AppError } from '../errors/app-error.js';

const output = z.object({ value: z.unknown(), type: z.unknown(), sensitive: z.boolean().default(false) });
const instance = z.looseObject({
  index_key: z.union([z.string(), z.number()]).optional(),
  attributes: z.record(z.string(), z.unknown()).nullish(),
});
const resource = z.looseObject({
  mode: z.string(),
  type: z.string(),
  name: z.string(),
  module: z.string().optional(),
  instances: z.array(instance),
});
const stateFile = z.looseObject({
  version: z.literal(4),
  serial: z.int().nonnegative(),
  lineage: z.string().min(1),
  outputs: z.record(z.string(), output).default({}),
  resources: z.array(resource).default([]),
});

/** What Terrace reads of a state. */
export interface State {
  readonly serial: number;
  readonly lineage: string;
  readonly outputs: Readonly<Record<string, { readonly value?: unknown; readonly sensitive: boolean }>>;
  /** Managed resources, one entry an instance. */
  readonly resources: readonly StateResource[];
}

export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Parses a state file; throws `state_conflict` when it is none. */
export function parseState(text: string): State {
  const parsed = stateFile.safeParse(jsonOf(text));
  if (!parsed.success) throw appError('state_conflict', 'the state is not a Terraform state of version 4');
  const { serial, lineage, outputs, resources } = parsed.data;
  const managed = resources.filter((one) => one.mode === 'managed').flatMap(instancesOf);
  return { serial, lineage, outputs, resources: managed };
}

/**
 * The same state under another serial, otherwise the same bytes: parsed and written anew, large numbers would not survive.
 * Throws `state_conflict` when the text is no state.
 */
export function withSerial(text: string, serial: number): string {
  const replaced = text.replace(/^(\s*\{[^{}[\]]*?"serial"\s*:\s*)\d+/, `$1${serial}`);
  if (parseState(replaced).serial === serial) return replaced;
  throw appError(
    'state_conflict',
    'the state does not begin as terraform writes it: its serial is not found',
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function instancesOf(one: z.output<typeof resource>): StateResource[] {
  const base = `${one.module === undefined ? '' : `${one.module}.`}${one.type}.${one.name}`;
  return one.instances.map(({ index_key: key, attributes }) => ({
    address: key === undefined ? base : `${base}[${JSON.stringify(key)}]`,
    type: one.type,
    values: attributes ?? {},
  }));
}

export interface Version {
  readonly serial: number;
  readonly lineage: string;
  readonly sha256: string;
}

/** `write`, `same` (nothing to do), or why the newer state must be refused. */
export function judgeWrite(latest: Version | null, next: Version): 'write' | 'same' | AppError {
  if (latest === null) return 'write';
  if (next.lineage !== latest.lineage)
    return appError(
      'state_conflict',
      `the state has lineage ${next.lineage}; this environment's is ${latest.lineage}`,
    );
  if (next.serial > latest.serial) return 'write';
  if (next.serial === latest.serial && next.sha256 === latest.sha256) return 'same';
  const what =
    next.serial === latest.serial ? 'is there with other content' : `is older than ${latest.serial}`;
  return appError('state_conflict', `state serial ${next.serial} ${what}`);
}

/** True when the body is what the sender hashed (RFC 1864); a sender without the header is trusted. */
export function md5Matches(body: Buffer, header: string | undefined): boolean {
  return header === undefined || createHash('md5').update(body).digest('base64') === header;
}
