import type { z } from 'zod';
import type { AccountService } from '../src/account/account-service.js';
import type { Config } from '../src/config/config.js';
import type { Db } from '../src/db/db.js';
import type { EnvironmentService } from '../src/environment/environment-service.js';
import type { Log } from '../src/log/log.js';
import type { RunService } from '../src/run/run-service.js';
import type { TenantService } from '../src/tenant/tenant-service.js';
import type { TokenService } from '../src/token/token-service.js';
import type { Metrics } from './metrics.js';

/** All that the API is made of; the composition root fills it. */
export interface AppDeps {
  readonly config: Pick<Config, 'sandbox'>;
  readonly db: Db;
  readonly log: Log;
  readonly environments: EnvironmentService;
  readonly runs: RunService;
  readonly tenants: TenantService;
  readonly accounts: AccountService;
  readonly tokens: TokenService;
  readonly blueprints: readonly BlueprintFacts[];
  /** Absent while the sandbox is off: its routes do not exist then. */
  readonly sandbox?: SandboxAdmin;
  /** What must answer before requests are welcome: name -> whether it does. */
  readonly readiness: () => Promise<Readonly<Record<string, boolean>>>;
  readonly metrics: Metrics;
}

export interface BlueprintFacts {
  readonly name: string;
  readonly version: number;
  readonly ref: string;
  readonly description: string;
  readonly schema: z.ZodType;
  readonly example: Readonly<Record<string, unknown>>;
}

/** What the admin of a sandbox may see and break; faults are checked there (`invalid_request`). */
export interface SandboxAdmin {
  setFaults(environmentId: string, faults: unknown): Promise<void>;
  faults(environmentId: string): Promise<unknown>;
  objects(environmentId: string): Promise<readonly unknown[]>;
}
