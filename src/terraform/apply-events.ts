/** One line of `terraform apply -json` as data (Terraform's "machine-readable UI"). Pure. */
import { z } from 'zod';
import type { Diagnostic } from './diagnostics.js';

/** One step of the stream of resources that an apply has started and finished. */
export interface JournalEntry {
  readonly address: string;
  readonly resourceType: string;
  /** `create`, `update` or `delete`; a replacement is a delete and a create. */
  readonly action: string;
  readonly step: 'started' | 'finished' | 'errored';
  readonly idKey?: string;
  readonly idValue?: string;
}

export interface ApplyEvent {
  /** For the run's log; may have several lines. */
  readonly text: string;
  readonly entry?: JournalEntry;
  readonly diagnostic?: Diagnostic;
  /** It tells of a resource that was changed beside Terraform. */
  readonly drift?: true;
  /** The whole state, in clear, which terraform could store nowhere. */
  readonly state?: string;
}

const eventSchema = z.looseObject({
  '@message': z.string(),
  type: z.string().optional(),
  hook: z
    .looseObject({
      resource: z.looseObject({ addr: z.string(), resource_type: z.string() }).optional(),
      action: z.string().optional(),
      id_key: z.string().optional(),
      id_value: z.string().optional(),
    })
    .optional(),
  diagnostic: z
    .looseObject({
      severity: z.enum(['error', 'warning']),
      summary: z.string(),
      detail: z.string().default(''),
      address: z.string().optional(),
    })
    .optional(),
});

const steps: Readonly<Record<string, JournalEntry['step']>> = {
  apply_start: 'started',
  apply_complete: 'finished',
  apply_errored: 'errored',
};
/** Taken as it is written: parsed, its large numbers would lose digits. */
const dumped = /^\{"@level":"info","@message":"Emergency state dump",[^{}]*"state":(\{.*\}),"type":"log"\}$/s;
const changing = new Set(['create', 'update', 'delete']);

/** Never throws: a line that is no event is passed on as text. */
export function parseApplyLine(line: string): ApplyEvent {
  const parsed = eventSchema.safeParse(jsonOf(line));
  if (!parsed.success) return { text: line };
  const { '@message': message, type = '', hook, diagnostic } = parsed.data;
  if (diagnostic !== undefined)
    return { text: diagnosticText(message, diagnostic), diagnostic: pick(diagnostic) };
  const state = dumped.exec(line)?.[1];
  if (state !== undefined) return { text: message, state };
  const step = steps[type];
  if (step === undefined || hook?.resource === undefined || !changing.has(hook.action ?? ''))
    return type === 'resource_drift' ? { text: message, drift: true } : { text: message };
  const entry: JournalEntry = {
    address: hook.resource.addr,
    resourceType: hook.resource.resource_type,
    action: hook.action ?? '',
    step,
    ...(hook.id_key === undefined ? {} : { idKey: hook.id_key }),
    ...(hook.id_value === undefined ? {} : { idValue: hook.id_value }),
  };
  return { text: message, entry };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function pick({ severity, summary, detail, address }: Diagnostic): Diagnostic {
  return { severity, summary, detail, ...(address === undefined ? {} : { address }) };
}

function diagnosticText(message: string, { detail, address }: Diagnostic): string {
  return [message, ...(address ? [`  with ${address},`] : []), ...(detail ? [detail.trimEnd()] : [])].join(
    '\n',
  );
}
