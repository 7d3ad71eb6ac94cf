import type { Db } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import { getTenant } from '../tenant/tenant-store.js';
import type { RequestContext } from '../token/principal.js';
import { getAccount, insertAccount, listAccounts } from './account-store.js';
import type { Account, AccountFilter, CreateAccount } from './account.js';

/** A token bound to a tenant sees that tenant's accounts alone; every other one is `not_found`. */
export interface AccountService {
  list(ctx: RequestContext, filter: AccountFilter, page: PageRequest): Promise<Page<Account>>;
  get(ctx: RequestContext, accountId: string): Promise<Account>;
  /** Throws `not_found` for an unknown tenant, `name_taken`, and `account_not_usable` for a sandbox account while the sandbox is off. */
  create(ctx: RequestContext, command: CreateAccount): Promise<Account>;
}

export function createAccountService(db: Db, props: { sandbox: boolean }): AccountService {
  return {
    list: async ({ principal }, filter, page) => {
      const within = principal.tenantId;
      if (within !== null && filter.tenantId !== undefined && filter.tenantId !== within)
        return { items: [], nextCursor: null };
      return listAccounts(db, { ...filter, tenantId: within ?? filter.tenantId }, page);
    },
    get: (ctx, accountId) => getAccount(db, ctx.principal.tenantId, accountId),
    create: async (ctx, command) => {
      const tenant = await getTenant(db, ctx.principal.tenantId, command.tenantId);
      if (command.provider === 'sandbox' && !props.sandbox)
        throw appError(
          'account_not_usable',
          'sandbox accounts need the sandbox: start Terrace with SANDBOX=on',
        );
      const account = await insertAccount(db, { accountId: newId('account'), ...command });
      if (account === null)
        throw appError(
          'name_taken',
          `tenant ${tenant.tenantId} already has an account named ${command.name}`,
        );
      return account;
    },
  };
}
