/** The parts of `terraform show -json` that are read, parsed loosely: Terraform may add members. Pure. */
import { z } from 'zod';
import { appError } from '../errors/app-error.js';

const changeSchema = z.looseObject({
  actions: z.array(z.string()),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).default([]),
  importing: z.looseObject({ id: z.string().default('') }).optional(),
});

const resourceChangeSchema = z.looseObject({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.string().default('managed'),
  type: z.string(),
  action_reason: z.string().optional(),
  /** Key of an object that a broken replacement left behind; it has the address of its successor. */
  deposed: z.string().optional(),
  change: changeSchema,
});

interface PlannedModule {
  readonly resources: readonly PlannedResource[];
  readonly child_modules: readonly PlannedModule[];
}

const plannedResourceSchema = z.looseObject({
  address: z.string(),
  type: z.string(),
  mode: z.string().default('managed'),
  // Not walked: a large plan has thousands of them.
  values: z.custom<Readonly<Record<string, unknown>>>((value) => typeof value === 'object').nullish(),
  sensitive_values: z.unknown().optional(),
});
type PlannedResource = z.output<typeof plannedResourceSchema>;

const moduleSchema: z.ZodType<PlannedModule> = z.lazy(() =>
  z.looseObject({
    resources: z.array(plannedResourceSchema).default([]),
    child_modules: z.array(moduleSchema).default([]),
  }),
);

/** Where each argument of a resource comes from, as far as the configuration tells. */
const configuredSchema = z.looseObject({ address: z.string(), expressions: z.unknown().optional() });

const planSchema = z.looseObject({
  resource_changes: z.array(resourceChangeSchema).default([]),
  resource_drift: z.array(resourceChangeSchema).default([]),
  output_changes: z.record(z.string(), changeSchema).default({}),
  variables: z.record(z.string(), z.looseObject({ value: z.unknown().optional() })).default({}),
  planned_values: z.looseObject({ root_module: moduleSchema.optional() }).optional(),
  prior_state: z
    .looseObject({ values: z.looseObject({ root_module: moduleSchema.optional() }).optional() })
    .optional(),
  configuration: z
    .looseObject({
      root_module: z
        .looseObject({
          variables: z
            .record(z.string(), z.looseObject({ sensitive: z.boolean().default(false) }))
            .default({}),
          resources: z.array(configuredSchema).default([]),
        })
        .optional(),
    })
    .optional(),
});

export type PlanJson = z.output<typeof planSchema>;
export type ChangeJson = z.output<typeof changeSchema>;
export type ResourceChangeJson = z.output<typeof resourceChangeSchema>;
export type ModuleJson = PlannedModule;

/** Terraform adds members under the same major version and promises to change none. */
const knownMajor = 1;
const versionSchema = z.looseObject({ format_version: z.string().optional() });

/**
 * The same object gives the same answer: it must not change after the first call.
 * Throws `plan_format_unknown` when a newer terraform wrote it in another format, and a ZodError when it is not the JSON of a plan.
 * Format: https://developer.hashicorp.com/terraform/internals/json-format
 */
export function parsePlan(json: unknown): PlanJson {
  const before = typeof json === 'object' && json !== null ? known.get(json) : undefined;
  if (before !== undefined) return before;
  const { format_version: version } = versionSchema.parse(json);
  if (version !== undefined && Number(version.split('.')[0]) !== knownMajor)
    throw appError(
      'plan_format_unknown',
      `the plan is written in format ${version}; this Terrace reads format ${knownMajor}: update Terrace, or set TERRAFORM_BIN to a terraform that writes format ${knownMajor}`,
    );
  const parsed = planSchema.parse(json);
  if (typeof json === 'object' && json !== null) known.set(json, parsed);
  return parsed;
}

/** What reads a plan reads it one after the other: of thousands of changes, parsing is the greater part of the work. */
const known = new WeakMap<object, PlanJson>();

/** The resources of a module and of all below it. */
export function resourcesOf(module: ModuleJson | undefined): PlannedResource[] {
  if (module === undefined) return [];
  return [...module.resources, ...module.child_modules.flatMap(resourcesOf)];
}
