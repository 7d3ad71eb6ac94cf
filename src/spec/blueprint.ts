import type { z } from 'zod';
import type { FieldFault } from '../errors/app-error.js';

/** A secret that a stack takes as a sensitive Terraform variable. The engine makes it once per environment (`length` letters and
 *  digits), keeps it encrypted and passes it as `TF_VAR_<name>`. */
export interface SecretVariable {
  readonly name: string;
  readonly length: number;
}

/** What an environment may take in all. GB are of 2^30 bytes. Held against MAX_CPU_CORES, MAX_MEMORY_GB and MAX_STORAGE_GB,
 *  and against the quota of the tenant. */
export interface RequestedTotals {
  readonly cpuCores: number;
  readonly memoryGb: number;
  readonly storageGb: number;
  /** Whole GPUs. @default 0 */
  readonly gpu?: number;
}

/** A spec that is valid as it stands. */
export interface BlueprintExample {
  readonly name: string;
  readonly description: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** An output of the stack; a secret one is kept encrypted and shown only with the right. */
export interface BlueprintOutput {
  readonly name: string;
  readonly description: string;
  readonly secret: boolean;
}

/** What happens after the resources are there, before the environment is ready. */
export interface PostDeployStep {
  readonly name: string;
  readonly description: string;
  /** The spec field that asks for it. */
  readonly field: string;
}

/** Which spec fields the resources of an address stem from; `*` in the address stands for any text. */
export interface FieldSource {
  readonly address: string;
  readonly fields: readonly string[];
}

/** Where an environment is to be, as far as a spec can clash with it. */
export interface Place {
  readonly region: string;
}

/** A versioned stack template as far as the engine must know it; its CDKTF code is in `stack.ts` beside it. */
export interface Blueprint<S = unknown> {
  readonly name: string;
  readonly version: number;
  /** `<name>@<version>`. */
  readonly ref: string;
  readonly description: string;
  readonly targets: readonly ('kubernetes' | 'docker' | 'aws')[];
  /** Parses and completes a spec. */
  readonly schema: z.ZodType<S>;
  /** The first is the plainest. */
  readonly examples: readonly [BlueprintExample, ...BlueprintExample[]];
  readonly outputs: readonly BlueprintOutput[];
  readonly postDeploy: readonly PostDeployStep[];
  readonly sources: readonly FieldSource[];
  /** The spec field to lower for each total that is past its cap. */
  readonly totalsFields: Readonly<Record<Exclude<keyof RequestedTotals, 'gpu'>, string>>;
  secrets(spec: S): readonly SecretVariable[];
  totals(spec: S): RequestedTotals;
  /** Clashes of a parsed spec with its place; paths are within the spec. @default - none */
  checkPlace?(spec: S, place: Place): readonly FieldFault[];
}

/** A blueprint with its ref. */
export function defineBlueprint<S>(given: Omit<Blueprint<S>, 'ref'>): Blueprint<S> {
  return { ...given, ref: `${given.name}@${given.version}` };
}

/** Every blueprint that this process knows; old versions stay until no environment uses them. */
export interface BlueprintCatalog {
  readonly all: readonly Blueprint[];
  /** The blueprint of `name@version`, or the newest of `name`; undefined when there is none. */
  find(ref: string): Blueprint | undefined;
}

/** Throws when two blueprints have one ref. */
export function catalogOf(blueprints: readonly Blueprint[]): BlueprintCatalog {
  const newestFirst = [...blueprints].sort((a, b) => b.version - a.version);
  const refs = blueprints.map((one) => one.ref);
  const twice = refs.find((ref, index) => refs.indexOf(ref) !== index);
  if (twice !== undefined) throw new Error(`there are two blueprints ${twice}`);
  return {
    all: blueprints,
    find: (ref) => newestFirst.find((one) => one.ref === ref || one.name === ref),
  };
}
