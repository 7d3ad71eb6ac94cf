import { z } from 'zod';

const type = z
  .string()
  .regex(/^(\*|[a-z0-9_]+)$/, { error: 'must be a resource type such as aws_db_instance, or *' })
  .default('*')
  .describe('resource type it strikes; * = every type');
const name = z.string().min(1).optional().describe('only the object of this name or identifier');
const times = z.number().int().min(1).max(10_000);
const often = times.optional().describe('how often it strikes; unset = always');
const once = times.default(1).describe('how often it strikes');
const change = z.enum(['plan', 'read', 'create', 'update', 'delete']);

export type SandboxOperation = z.infer<typeof change>;

const path = z
  .union([z.string().min(1), z.array(z.union([z.string(), z.number().int().min(0)])).min(1)])
  .describe('attribute path: `spec.hard.pods`, or a list of steps where a key holds a dot');

/** One fault that the sandbox plays for an environment. An admin route accepts a list of these. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fail'),
    type,
    name,
    on: change.default('create'),
    message: z.string().min(1).max(2000).default('the sandbox was told to fail'),
    times: often,
  }),
  z.strictObject({
    kind: z.literal('delay'),
    type,
    name,
    on: change.default('create'),
    delay_ms: z.number().int().min(1).max(3_600_000),
    times: often,
  }),
  z.strictObject({ kind: z.literal('hang'), type, name, on: change.default('create'), times: often }),
  z.strictObject({
    kind: z.literal('die'),
    type,
    name,
    on: change.default('create'),
    stage: z
      .enum(['before', 'after'])
      .default('before')
      .describe('before or after the cloud made the change'),
    times: once,
  }),
  z.strictObject({ kind: z.literal('drift'), type, name, path, value: z.json(), times: once }),
  z.strictObject({ kind: z.literal('gone'), type, name, times: once }),
  z.strictObject({
    kind: z.literal('unready'),
    type,
    name,
    as: z.enum(['degraded', 'unhealthy']).default('unhealthy').describe('what a health check finds'),
    message: z.string().min(1).max(2000).default('the sandbox was told that it is not ready'),
    for_ms: z
      .number()
      .int()
      .min(1)
      .max(3_600_000)
      .optional()
      .describe('only so long after the object was made or changed; unset = always'),
    times: often,
  }),
]);

export const faultsSchema = z.array(faultSchema).max(100);

export type Fault = z.infer<typeof faultSchema>;

/** What a call is about, to find the faults that strike it. */
export interface FaultTarget {
  readonly on: SandboxOperation | 'health';
  readonly type: string;
  readonly name: string | undefined;
}

/** Drift and gone strike when the object is read, unready when its health is; the others on the operation they name. */
export function strikes(fault: Fault, target: FaultTarget): boolean {
  if (operationOf(fault) !== target.on) return false;
  if (fault.type !== '*' && fault.type !== target.type) return false;
  return fault.name === undefined || fault.name === target.name;
}

function operationOf(fault: Fault): FaultTarget['on'] {
  if (fault.kind === 'unready') return 'health';
  return fault.kind === 'drift' || fault.kind === 'gone' ? 'read' : fault.on;
}
