import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../api/app.js';
import { createHardenedServer, type ServerTimes } from '../../api/hardened-server.js';
import type { OnboardingSettings, SandboxAdmin } from '../../api/deps.js';
import type { RateLimits } from '../../api/rate-limits.js';
import { createGrantService } from '../../src/access/grant-service.js';
import type { Oidc } from '../../src/access/oidc.js';
import { createSignIn } from '../../src/access/sign-in-service.js';
import { createAccountService } from '../../src/account/account-service.js';
import { createAuditService } from '../../src/audit/audit-service.js';
import { createAuditor } from '../../src/audit/auditor.js';
import type { Keyring } from '../../src/crypto/envelope.js';
import type { AwsConnection } from '../../src/credentials/aws-connection.js';
import { openTenantWall } from '../../src/db/tenant-wall.js';
import { walled } from '../../src/db/walled.js';
import { catalogOf } from '../../src/spec/blueprint.js';
import { builtIn } from '../../stacks/catalog.js';
import { createEnvironmentService } from '../../src/environment/environment-service.js';
import { createDriftService } from '../../src/drift/drift-service.js';
import { createStateLock } from '../../src/state/state-lock.js';
import { createStateRepair } from '../../src/state/state-repair.js';
import { createStateVersions } from '../../src/state/state-versions.js';
import { createReceiptService } from '../../src/receipt/receipt-service.js';
import { createHealthService } from '../../src/health/health-service.js';
import { newId } from '../../src/lib/ids.js';
import type { Clock } from '../../src/lib/clock.js';
import { createLog } from '../../src/log/log.js';
import { createEventService } from '../../src/event/event-service.js';
import { createRunService } from '../../src/run/run-service.js';
import { createPolicyService } from '../../src/policy/policy-service.js';
import { createRuleService } from '../../src/review/rule-service.js';
import { seedSandbox } from '../../src/tenant/seed.js';
import { createTenantService } from '../../src/tenant/tenant-service.js';
import type { Role } from '../../src/access/rights.js';
import { createTokenService } from '../../src/token/token-service.js';
import { insertToken } from '../../src/token/token-store.js';
import { hashToken, newTokenText } from '../../src/token/token.js';
import { testKeyring } from './awaiting-review.js';
import { createWebhookService } from '../../src/webhook/webhook-service.js';
import { apiOf, type Answer, type Api } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

export interface AppUnderTest {
  readonly database: TestDatabase;
  readonly url: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly adminToken: string;
  readonly keyring: Keyring;
  /** An API client with the admin token. */
  readonly admin: Api;
  /** A token made in the database, and a client that uses it. */
  as(role: Role, tenantId?: string | null): Promise<{ token: string; tokenId: string; api: Api }>;
  /** A call with no header but those given. */
  bare(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<Answer>;
  close(): Promise<void>;
}

export interface AppProps {
  readonly clock?: Clock;
  readonly maxEnvironments?: number;
  /** @default all */
  readonly allowedRegions?: readonly string[];
  /** @default 24 h */
  readonly planMaxAgeSeconds?: number;
  /** @default an address where nothing answers */
  readonly aws?: AwsConnection;
  /** What customers are told to trust. @default nothing is set */
  readonly settings?: OnboardingSettings;
  readonly oidc?: Oidc;
  readonly sandbox?: SandboxAdmin;
  /** @default none */
  readonly rateLimits?: RateLimits;
  readonly times?: ServerTimes;
  /** Private ranges that receivers of webhooks may have. @default none */
  readonly allowedRanges?: readonly string[];
  readonly queueDepth?: () => Promise<number>;
}

/** The real app on a free port, with real services and a database of its own, the sandbox tenant seeded. */
export async function startApp(props: AppProps = {}): Promise<AppUnderTest> {
  const database = await createTestDatabase();
  const { db } = database;
  const { tenant, account } = await seedSandbox(db);
  const clock = props.clock === undefined ? {} : { clock: props.clock };
  const blueprints = catalogOf(builtIn);
  const keyring = testKeyring;
  const tokens = createTokenService(db, props.clock);
  const log = createLog('silent', 'test');
  const wall = await openTenantWall({ db, databaseUrl: database.url, log });
  const app = createApp({
    blueprints,
    config: { sandbox: true, ...props.settings },
    db,
    log,
    environments: walled(wall, (db) =>
      createEnvironmentService({
        blueprints,
        db,
        keyring,
        maxEnvironmentsPerUser: props.maxEnvironments ?? 10,
        allowedRegions: props.allowedRegions,
        caps: { cpuCores: 64, memoryGb: 256, storageGb: 2048 },
        sandbox: true,
      }),
    ),
    health: walled(wall, createHealthService),
    receipts: walled(wall, createReceiptService),
    drift: walled(wall, createDriftService),
    stateVersions: walled(wall, (db) => createStateVersions({ db, keyring })),
    stateLock: walled(wall, createStateLock),
    stateRepair: walled(wall, (db) => createStateRepair({ db, keyring })),
    runs: walled(wall, (db) =>
      createRunService({ db, keyring, planMaxAgeSeconds: props.planMaxAgeSeconds ?? 86_400 }),
    ),
    reviewRules: walled(wall, createRuleService),
    policies: walled(wall, createPolicyService),
    tenants: walled(wall, createTenantService),
    accounts: walled(wall, (db) =>
      createAccountService({
        db,
        keyring,
        sandbox: true,
        // Loaded when first needed, as in the product.
        verifyAccount: async (subject) => {
          const { verifyAccount } = await import('../../src/credentials/verify-account.js');
          return verifyAccount(props.aws ?? { endpoint: 'http://127.0.0.1:9' }, subject);
        },
        clock: props.clock,
      }),
    ),
    tokens: walled(wall, (db) => createTokenService(db, props.clock)),
    grants: walled(wall, (db) => createGrantService({ db, issuer: props.oidc?.issuer, ...clock })),
    events: walled(wall, createEventService),
    webhooks: walled(wall, (db) =>
      createWebhookService({ db, keyring, allowedRanges: props.allowedRanges ?? [], clock: props.clock }),
    ),
    signIn: createSignIn({ db, tokens, oidc: props.oidc, derive: keyring.derive, ...clock }),
    audit: walled(wall, createAuditService),
    auditor: createAuditor({ db, log, clock: props.clock }),
    sandbox: props.sandbox,
    rateLimits: props.rateLimits,
    listenCheckMs: 100,
    queueDepth: props.queueDepth ?? (() => Promise.resolve(0)),
  });
  const server = createHardenedServer(app, props.times).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const as: AppUnderTest['as'] = async (role, tenantId = null) => {
    const token = newTokenText();
    const stored = { tokenId: newId('token'), name: `${role}-token`, role, tenantId, expiresAt: null };
    await insertToken(db, { ...stored, tokenHash: hashToken(token) });
    return { token, tokenId: stored.tokenId, api: apiOf({ url, token }) };
  };
  const { token: adminToken, api: admin } = await as('admin');
  return {
    database,
    url,
    tenantId: tenant.tenantId,
    accountId: account.accountId,
    adminToken,
    keyring,
    admin,
    as,
    bare: (method, path, headers = {}, body) => bareCall(`${url}${path}`, { method, headers, body }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await wall.close();
      await database.drop();
    },
  };
}

async function bareCall(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const json = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: json && text !== '' ? JSON.parse(text) : text,
  };
}
