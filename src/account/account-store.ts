import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { Account, AccountFilter, CreateAccount } from './account.js';

const columns = `account_id as "accountId", tenant_id as "tenantId", name, provider,
  cloud_account_id as "cloudAccountId", regions, created_at as "createdAt"`;

/** One account; `within` is the tenant it must belong to (null = any): others are `not_found` in the same words. */
export async function getAccount(db: Queryable, within: string | null, accountId: string): Promise<Account> {
  const { rows } = await db.query<Account>(
    `select ${columns} from accounts where account_id = $2 and ($1::text is null or tenant_id = $1)`,
    [within, accountId],
  );
  if (rows[0] === undefined) throw appError('not_found', `no account ${accountId}`);
  return rows[0];
}

/** Accounts newest first; `after` is the account id last seen. */
export async function listAccounts(
  db: Queryable,
  filter: AccountFilter,
  page: PageRequest,
): Promise<Page<Account>> {
  const { rows } = await db.query<Account>(
    `select ${columns} from accounts
     where ($1::text is null or tenant_id = $1) and ($2::text is null or name = $2)
       and ($3::text is null or provider = $3) and ($4::text is null or account_id < $4)
     order by account_id desc limit $5`,
    [
      filter.tenantId ?? null,
      filter.name ?? null,
      filter.provider ?? null,
      page.after ?? null,
      page.limit + 1,
    ],
  );
  return toPage(rows, page.limit, (account) => account.accountId);
}

/** The stored account, or null when the tenant has one of that name. */
export async function insertAccount(
  db: Queryable,
  account: CreateAccount & Pick<Account, 'accountId'>,
): Promise<Account | null> {
  const { rows } = await db.query<Account>(
    `insert into accounts (account_id, tenant_id, name, provider, cloud_account_id, regions)
     values ($1, $2, $3, $4, $5, $6) on conflict (tenant_id, name) do nothing returning ${columns}`,
    [
      account.accountId,
      account.tenantId,
      account.name,
      account.provider,
      account.cloudAccountId,
      account.regions,
    ],
  );
  return rows[0] ?? null;
}
