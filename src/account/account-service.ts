import { isDeepStrictEqual } from 'node:util';
import type { Keyring } from '../crypto/envelope.js';
import { inTransaction, type Db, type Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { systemClock, type Clock } from '../lib/clock.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import { assertTenantStays } from '../tenant/tenant-state.js';
import { getTenant } from '../tenant/tenant-store.js';
import type { RequestContext } from '../token/principal.js';
import type { Breaker } from './breaker-rules.js';
import { listBreakers } from './breaker-store.js';
import { assertChangeable, changedSettings } from './account-rules.js';
import {
  countLiveEnvironments,
  getAccount,
  insertAccount,
  lastChecks,
  listAccounts,
  lockAccount,
  markAccountDeleted,
  saveChecks,
  updateAccount,
} from './account-store.js';
import type { Account, AccountFilter, ChangeAccount, CreateAccount, ExternalIds } from './account.js';
import {
  beginRotation,
  endRotation,
  newExternalId,
  readExternalIds,
  sealExternalId,
} from './external-id-store.js';
import { verdictOf, type AccountCheck, type Verification } from './verification.js';

/** A token bound to a tenant sees that tenant's accounts alone; every other one is `not_found`. */
export interface AccountService {
  list(ctx: RequestContext, filter: AccountFilter, page: PageRequest): Promise<Page<Account>>;
  get(ctx: RequestContext, accountId: string): Promise<Account>;
  /** Where its cloud failed lately, by region. */
  breakers(ctx: RequestContext, accountId: string): Promise<Breaker[]>;
  /** Throws `not_found` for an unknown tenant, `name_taken`, and `account_not_usable` for a sandbox account while the sandbox is off. */
  create(ctx: RequestContext, command: CreateAccount): Promise<Account>;
  /** What a verification proves must be proven again after a change of it. Throws `name_taken`, `account_in_use`, `invalid_request`. */
  change(ctx: RequestContext, accountId: string, change: ChangeAccount): Promise<Account>;
  /** Throws `account_in_use` while environments live in it. Nothing is removed in the cloud. */
  remove(ctx: RequestContext, accountId: string): Promise<void>;
  /** In clear, for who sets up the roles. Throws `account_not_usable` for a sandbox account. */
  externalIds(ctx: RequestContext, accountId: string): Promise<ExternalIds>;
  /** Makes a new external id; the former one stays valid until `confirmExternalId`. */
  rotateExternalId(ctx: RequestContext, accountId: string): Promise<ExternalIds>;
  /** Proves the roles with the new external id alone, then forgets the former. Throws what the first failed check says. */
  confirmExternalId(ctx: RequestContext, accountId: string): Promise<ExternalIds>;
  /** Calls the cloud, stores what it found. `cidrBlocks` are wanted for new networks. Throws `account_changed`. */
  verify(ctx: RequestContext, accountId: string, cidrBlocks?: readonly string[]): Promise<Verification>;
  /** What was last found; null = never verified. */
  verification(ctx: RequestContext, accountId: string): Promise<Verification | null>;
}

export interface AccountServiceProps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly sandbox: boolean;
  /** Asks the cloud; see `src/credentials/verify-account.ts`. */
  readonly verifyAccount: (props: {
    account: Account;
    externalIds: ExternalIds;
    tenantSlug: string;
    cidrBlocks?: readonly string[];
  }) => Promise<readonly AccountCheck[]>;
  /** @default the system's */
  readonly clock?: Clock;
}

export function createAccountService(props: AccountServiceProps): AccountService {
  const { db, keyring, clock = systemClock } = props;
  const get: AccountService['get'] = (ctx, accountId) => getAccount(db, ctx.principal.tenantId, accountId);
  const getAws = async (ctx: RequestContext, accountId: string) => {
    const account = await get(ctx, accountId);
    if (account.provider === 'aws') return account;
    throw appError(
      'account_not_usable',
      `account ${accountId} is a sandbox account: it has no roles to prove`,
    );
  };
  const look = async (account: Account, externalIds: ExternalIds, cidrBlocks?: readonly string[]) => {
    const { slug: tenantSlug } = await getTenant(db, null, account.tenantId);
    const checks = await props.verifyAccount({ account, externalIds, tenantSlug, cidrBlocks });
    return { checks, verdict: verdictOf(checks), checkedAt: clock.now() };
  };
  const keep = async (account: Account, found: Awaited<ReturnType<typeof look>>): Promise<void> => {
    if (await saveChecks(db, account, found)) return;
    throw appError(
      'account_changed',
      `account ${account.accountId} was changed while it was being verified: verify it again`,
    );
  };
  const idsOf = (accountId: string) => readExternalIds(db, keyring, accountId);

  return {
    get,
    breakers: async (ctx, accountId) => listBreakers(db, (await get(ctx, accountId)).accountId),
    list: async ({ principal }, filter, page) => {
      const within = principal.tenantId;
      if (within !== null && filter.tenantId !== undefined && filter.tenantId !== within)
        return { items: [], nextCursor: null };
      return listAccounts(db, { ...filter, tenantId: within ?? filter.tenantId }, page);
    },
    create: (ctx, command) => create(props, ctx, command),
    change: (ctx, accountId, change) =>
      inTransaction(db, (tx) => changeLocked(tx, ctx, { accountId, change })),
    remove: (ctx, accountId) =>
      inTransaction(db, async (tx) => {
        await lockAccount(tx, ctx.principal.tenantId, { accountId, to: 'change' });
        const live = await countLiveEnvironments(tx, accountId);
        if (live > 0)
          throw appError(
            'account_in_use',
            `account ${accountId} has ${live} environments that are not destroyed: destroy them first`,
          );
        await markAccountDeleted(tx, accountId);
      }),
    externalIds: async (ctx, accountId) => idsOf((await getAws(ctx, accountId)).accountId),
    rotateExternalId: async (ctx, accountId) => {
      await getAws(ctx, accountId);
      await idsOf(accountId);
      await beginRotation(db, keyring, accountId);
      return idsOf(accountId);
    },
    confirmExternalId: async (ctx, accountId) => {
      const account = await getAws(ctx, accountId);
      const { next } = await idsOf(accountId);
      if (next === null)
        throw appError('action_not_allowed', `account ${accountId} has no new external id: rotate it first`);
      const found = await look(account, { current: next, next: null });
      const failed = found.checks.find(({ status }) => status === 'failed');
      if (failed !== undefined)
        throw appError(
          failed.code ?? 'account_not_usable',
          `the new external id is not in use yet: ${failed.message}`,
        );
      await keep(account, found);
      await endRotation(db, accountId);
      return idsOf(accountId);
    },
    verify: async (ctx, accountId, cidrBlocks) => {
      const account = await getAws(ctx, accountId);
      const found = await look(account, await idsOf(accountId), cidrBlocks);
      await keep(account, found);
      return { ...found, verified: (await get(ctx, accountId)).verifiedAt !== null };
    },
    verification: async (ctx, accountId) => {
      const account = await get(ctx, accountId);
      const last = await lastChecks(db, accountId);
      return last === null ? null : { ...last, verified: account.verifiedAt !== null };
    },
  };
}

async function create(
  props: AccountServiceProps,
  ctx: RequestContext,
  command: CreateAccount,
): Promise<Account> {
  const { db, keyring } = props;
  const tenant = await getTenant(db, ctx.principal.tenantId, command.tenantId);
  assertTenantStays(tenant);
  if (command.provider === 'sandbox' && !props.sandbox)
    throw appError('account_not_usable', 'sandbox accounts need the sandbox: start Terrace with SANDBOX=on');
  const accountId = newId('account');
  const settings = changedSettings({ ...command, ...unset }, command);
  const externalId =
    command.provider === 'aws' ? sealExternalId(keyring, accountId, newExternalId()) : undefined;
  const account = await insertAccount(db, { ...command, ...settings, accountId, externalId });
  return account ?? nameTaken(tenant.tenantId, command.name);
}

const unset = {
  planRoleArn: null,
  applyRoleArn: null,
  chainRoleArns: [],
  cluster: null,
  state: { kind: 'managed' },
} as const;

async function changeLocked(
  tx: Tx,
  ctx: RequestContext,
  { accountId, change }: { accountId: string; change: ChangeAccount },
): Promise<Account> {
  const account = await lockAccount(tx, ctx.principal.tenantId, { accountId, to: 'change' });
  assertChangeable(account, change, await countLiveEnvironments(tx, accountId));
  const settings = changedSettings(account, change);
  const proven = isDeepStrictEqual(changedSettings(account, {}), { ...settings, name: account.name });
  const changed = await updateAccount(tx, accountId, { ...settings, proven });
  return changed ?? nameTaken(account.tenantId, settings.name);
}

function nameTaken(tenantId: string, name: string): never {
  throw appError('name_taken', `tenant ${tenantId} already has an account named ${name}`);
}
