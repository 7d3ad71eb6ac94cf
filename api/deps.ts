import type { GrantService } from '../src/access/grant-service.js';
import type { SignIn } from '../src/access/sign-in-service.js';
import type { AccountService } from '../src/account/account-service.js';
import type { AuditService } from '../src/audit/audit-service.js';
import type { Auditor } from '../src/audit/auditor.js';
import type { Config } from '../src/config/config.js';
import type { Db } from '../src/db/db.js';
import type { DriftService } from '../src/drift/drift-service.js';
import type { EnvironmentService } from '../src/environment/environment-service.js';
import type { ReceiptService } from '../src/receipt/receipt-service.js';
import type { HealthService } from '../src/health/health-service.js';
import type { EventService } from '../src/event/event-service.js';
import type { Log } from '../src/log/log.js';
import type { PolicyService } from '../src/policy/policy-service.js';
import type { RuleService } from '../src/review/rule-service.js';
import type { RunService } from '../src/run/run-service.js';
import type { BlueprintCatalog } from '../src/spec/blueprint.js';
import type { StateLock } from '../src/state/state-lock.js';
import type { StateRepair } from '../src/state/state-repair.js';
import type { StateVersions } from '../src/state/state-versions.js';
import type { TenantService } from '../src/tenant/tenant-service.js';
import type { TokenService } from '../src/token/token-service.js';
import type { RateLimits } from './rate-limits.js';
import type { WebhookService } from '../src/webhook/webhook-service.js';

/** All that the API is made of; the composition root fills it. */
export interface AppDeps {
  readonly config: Pick<Config, 'sandbox'> & OnboardingSettings;
  readonly db: Db;
  readonly log: Log;
  readonly blueprints: BlueprintCatalog;
  readonly environments: EnvironmentService;
  readonly health: HealthService;
  readonly receipts: ReceiptService;
  readonly drift: DriftService;
  readonly stateVersions: StateVersions;
  readonly stateRepair: StateRepair;
  readonly stateLock: StateLock;
  readonly runs: RunService;
  readonly reviewRules: RuleService;
  readonly policies: PolicyService;
  readonly tenants: TenantService;
  readonly accounts: AccountService;
  readonly tokens: TokenService;
  readonly grants: GrantService;
  readonly events: EventService;
  readonly webhooks: WebhookService;
  readonly signIn: SignIn;
  readonly audit: AuditService;
  readonly auditor: Auditor;
  /** Absent while the sandbox is off: its routes do not exist then. */
  readonly sandbox?: SandboxAdmin;
  /** @default none */
  readonly rateLimits?: RateLimits;
  /** Aborted when the process is about to end: streams say when to come back, `/ready` says no. @default never */
  readonly draining?: AbortSignal;
  /** How often it is asked whether the listener of a stream is still let in. @default 5 s */
  readonly listenCheckMs?: number;
  /** Jobs that wait in the queue; rejects while the queue does not answer. */
  queueDepth(): Promise<number>;
}

/** What customers are told to trust. */
export type OnboardingSettings = Partial<
  Pick<Config, 'CONTROL_ACCOUNT_ID' | 'CONTROL_ROLE_ARN' | 'ONBOARDING_TEMPLATE_URL'>
>;

/** What the admin of a sandbox may see and break; faults are checked there (`invalid_request`). */
export interface SandboxAdmin {
  setFaults(environmentId: string, faults: unknown): Promise<void>;
  faults(environmentId: string): Promise<unknown>;
  objects(environmentId: string): Promise<readonly unknown[]>;
  /** Changes or removes an object, as somebody at the console would: drift. `not_found`, `invalid_request`. */
  changeObject(environmentId: string, change: ObjectChange): Promise<void>;
}

export interface ObjectChange {
  readonly type: string;
  readonly objectId: string;
  /** A merge patch (RFC 7396) of its attributes; null removes the object. */
  readonly value: Readonly<Record<string, unknown>> | null;
}
