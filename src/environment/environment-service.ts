import { getAccount, lockAccount } from '../account/account-store.js';
import type { Account } from '../account/account.js';
import type { Keyring } from '../crypto/envelope.js';
import type { Db } from '../db/db.js';
import { inTransaction } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { listEvents } from '../event/event-store.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import { activeRunId, getRun } from '../run/run-store.js';
import type { BlueprintCatalog } from '../spec/blueprint.js';
import { noUsage } from '../tenant/quota-rules.js';
import { assertTakesRun } from '../tenant/tenant-state.js';
import { getTenant } from '../tenant/tenant-store.js';
import { hasRight, type RequestContext } from '../token/principal.js';
import { activeRunFault, assertEnvironmentAction } from './environment-action.js';
import type { EnvironmentAction } from './environment-state.js';
import {
  countEnvironmentsOf,
  getEnvironment,
  getSecretOutputs,
  insertEnvironment,
  listEnvironments,
  lockEnvironment,
} from './environment-store.js';
import type { CreateEnvironment, Environment, EnvironmentFilter, TimelineEvent } from './environment.js';
import { createChangeService, type ChangeService } from './change-service.js';
import { extendEnvironment } from './extend-service.js';
import { queueRun, type Requested } from './queue-run.js';
import { insertSecrets } from './secret-store.js';
import { parseSpec, type Caps } from './spec-check.js';

/** What people do with environments. Throws `not_found` for another tenant's, in the same words as for none. */
export interface EnvironmentService extends ChangeService {
  request(ctx: RequestContext, command: CreateEnvironment): Promise<Requested>;
  list(ctx: RequestContext, filter: EnvironmentFilter, page: PageRequest): Promise<Page<Environment>>;
  get(ctx: RequestContext, environmentId: string): Promise<Environment>;
  destroy(ctx: RequestContext, environmentId: string): Promise<Requested>;
  retry(ctx: RequestContext, environmentId: string): Promise<Requested>;
  /** Puts the end of an environment off. */
  extend(ctx: RequestContext, environmentId: string, hours: number): Promise<Environment>;
  events(ctx: RequestContext, environmentId: string, page: PageRequest): Promise<Page<TimelineEvent>>;
  outputs(ctx: RequestContext, environmentId: string): Promise<Outputs>;
}

export interface Outputs {
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Null without the right to read them. */
  readonly sensitive: Readonly<Record<string, unknown>> | null;
}

export interface EnvironmentServiceProps {
  readonly db: Db;
  readonly blueprints: BlueprintCatalog;
  readonly keyring: Keyring;
  readonly maxEnvironmentsPerUser: number;
  readonly allowedRegions: readonly string[] | undefined;
  readonly caps: Caps;
  /** Whether sandbox accounts are served. */
  readonly sandbox: boolean;
}

export function createEnvironmentService(props: EnvironmentServiceProps): EnvironmentService {
  const { db } = props;
  const tenantOf = (ctx: RequestContext) => ctx.principal.tenantId;
  const get = (ctx: RequestContext, id: string) => getEnvironment(db, tenantOf(ctx), id);
  return {
    ...createChangeService(props),
    request: (ctx, command) => request(props, ctx, command),
    list: (ctx, filter, page) =>
      listEnvironments(db, { ...filter, tenantId: tenantOf(ctx) ?? filter.tenantId }, page),
    get,
    destroy: (ctx, id) => startRun(props, ctx, { environmentId: id, action: 'delete' }),
    retry: (ctx, id) => startRun(props, ctx, { environmentId: id, action: 'retry' }),
    extend: (ctx, id, hours) => extendEnvironment(db, ctx, { id, hours }),
    events: async (ctx, id, page) => listEvents(db, (await get(ctx, id)).environmentId, page),
    outputs: async (ctx, id) => readOutputs(props, ctx, await get(ctx, id)),
  };
}

async function request(
  props: EnvironmentServiceProps,
  ctx: RequestContext,
  command: CreateEnvironment,
): Promise<Requested> {
  const tenantId = ctx.principal.tenantId ?? command.tenantId;
  if (tenantId !== command.tenantId) throw appError('not_found', `no tenant ${command.tenantId}`);
  const tenant = await getTenant(props.db, ctx.principal.tenantId, tenantId);
  const account = await getAccount(props.db, tenantId, command.accountId);
  assertUsable(props, account, command.region);
  const asked = { ref: command.blueprint, spec: command.spec, place: { region: command.region } };
  const { blueprint, spec, secrets, totals } = parseSpec(props.blueprints, asked, props.caps);
  assertTakesRun(tenant, 'create');
  const environmentId = newId('environment');
  return inTransaction(props.db, async (tx) => {
    await lockAccount(tx, tenantId, { accountId: account.accountId, to: 'use' });
    await insertEnvironment(
      tx,
      { ...command, tenantId, environmentId, blueprint, createdBy: ctx.principal.tokenId },
      { spec, totals },
    );
    await insertSecrets(tx, props.keyring, { environmentId, secrets });
    const raises = { ...noUsage, ...totals, environments: 1 };
    const requested = await queueRun(tx, ctx, { environmentId, kind: 'create', raises });
    // Requests of one token may be counted one after the other from here to the commit: last of all, so that none waits long.
    const owned = await countEnvironmentsOf(tx, ctx.principal.tokenId, props.maxEnvironmentsPerUser);
    if (owned > props.maxEnvironmentsPerUser)
      throw appError(
        'environment_limit',
        `${owned - 1} environments are the most that this token may own (MAX_ENVIRONMENTS_PER_USER); destroy one first`,
      );
    return requested;
  });
}

function assertUsable(props: EnvironmentServiceProps, account: Account, region: string): void {
  const { provider } = account;
  if (provider === 'sandbox' && !props.sandbox)
    throw appError(
      'account_not_usable',
      `account ${account.accountId} is a sandbox account and SANDBOX is off`,
    );
  if (provider === 'aws' && account.verifiedAt === null)
    throw appError(
      'account_not_usable',
      `account ${account.accountId} is not connected: aws accounts need verification`,
    );
  const usable = usableRegions(account.regions, props.allowedRegions);
  if (usable === 'all' || usable.includes(region)) return;
  const choice = usable.length === 0 ? 'none is left by ALLOWED_REGIONS' : `use one of: ${usable.join(', ')}`;
  throw appError('region_not_allowed', `region ${region} is not allowed: ${choice}`, {
    errors: [{ path: 'region', message: choice }],
  });
}

/** The account's regions within the allowed ones; an account without regions may use all. */
function usableRegions(
  ofAccount: readonly string[],
  allowed: readonly string[] | undefined,
): readonly string[] | 'all' {
  if (ofAccount.length === 0) return allowed ?? 'all';
  return allowed === undefined ? ofAccount : ofAccount.filter((region) => allowed.includes(region));
}

interface Start {
  readonly environmentId: string;
  readonly action: Extract<EnvironmentAction, 'delete' | 'retry'>;
}

/** Starts a run on an existing environment, if no other is active and the status allows it. */
async function startRun(
  props: EnvironmentServiceProps,
  ctx: RequestContext,
  start: Start,
): Promise<Requested> {
  return inTransaction(props.db, async (tx) => {
    const environment = await lockEnvironment(tx, ctx.principal.tenantId, start.environmentId);
    const { environmentId } = environment;
    const active = await activeRunId(tx, environmentId);
    if (active !== null) throw activeRunFault(environment, active);
    assertEnvironmentAction(environment, start.action);
    if (start.action === 'delete' && environment.deletionProtection)
      throw appError('deletion_protected', `environment ${environmentId} has deletion protection`);
    const last = environment.currentRunId === null ? null : await getRun(tx, null, environment.currentRunId);
    return queueRun(tx, ctx, {
      environmentId,
      kind: start.action === 'delete' ? 'destroy' : (last?.kind ?? 'create'),
    });
  });
}

async function readOutputs(
  props: EnvironmentServiceProps,
  ctx: RequestContext,
  environment: Environment,
): Promise<Outputs> {
  const { environmentId, outputs } = environment;
  if (!hasRight(ctx.principal, 'outputs')) return { outputs, sensitive: null };
  const sealed = await getSecretOutputs(props.db, environmentId);
  if (sealed === null) return { outputs, sensitive: {} };
  const opened = props.keyring.decrypt(sealed, `outputs:${environmentId}`).toString('utf8');
  return { outputs, sensitive: JSON.parse(opened) as Record<string, unknown> };
}
