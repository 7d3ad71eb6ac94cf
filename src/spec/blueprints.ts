import type { z } from 'zod';
import { appSpecV1, requestedTotals, type AppSpecV1, type RequestedTotals } from './app-v1.js';

/** A secret that a stack takes as a sensitive Terraform variable. The engine makes it once per environment (`length` letters and
 *  digits), keeps it encrypted and passes it as `TF_VAR_<name>`. */
export interface SecretVariable {
  readonly name: 'database_password' | 'cache_password';
  readonly length: number;
}

/** A versioned stack template as far as the engine must know it; its CDKTF code is in `stacks/`. */
export interface Blueprint<S = AppSpecV1> {
  readonly name: string;
  readonly version: number;
  /** `<name>@<version>`. */
  readonly ref: string;
  readonly description: string;
  /** Parses and completes a spec. */
  readonly schema: z.ZodType<S>;
  /** A spec that is valid as it stands. */
  readonly example: Readonly<Record<string, unknown>>;
  readonly secrets: (spec: S) => readonly SecretVariable[];
  readonly totals: (spec: S) => RequestedTotals;
}

const app: Blueprint = {
  name: 'app',
  version: 1,
  ref: 'app@1',
  description:
    'A locked-down namespace with quota, database, cache, Helm release and ingress for one application of one tenant.',
  schema: appSpecV1,
  example: {
    variables: { LOG_LEVEL: 'info' },
    database: { mode: 'in_cluster', size: 'small' },
    cache: { mode: 'in_cluster' },
    ingress: { host: 'shop.example.com' },
  },
  secrets: ({ database, cache }) => [
    ...(database.mode === 'none' ? [] : [{ name: 'database_password', length: 32 } as const]),
    ...(cache.mode === 'none' ? [] : [{ name: 'cache_password', length: 32 } as const]),
  ],
  totals: requestedTotals,
};

/** Every blueprint; old versions stay until no environment uses them. */
export const blueprints: readonly Blueprint[] = [app];

/** The blueprint of `name@version`, or the newest of `name`; undefined when there is none. */
export function findBlueprint(ref: string): Blueprint | undefined {
  const newestFirst = [...blueprints].sort((a, b) => b.version - a.version);
  return newestFirst.find((one) => one.ref === ref || one.name === ref);
}
