import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { Account, AccountFilter, AccountSettings, CreateAccount } from './account.js';
import type { AccountCheck, Verdict } from './verification.js';

const columns = `account_id as "accountId", tenant_id as "tenantId", name, provider,
  cloud_account_id as "cloudAccountId", regions, plan_role_arn as "planRoleArn", apply_role_arn as "applyRoleArn",
  chain_role_arns as "chainRoleArns", cluster, state, version, verified_at as "verifiedAt",
  next_external_id is not null as "externalIdRotating", created_at as "createdAt"`;

/** One account; `within` is the tenant it must belong to (null = any): others are `not_found` in the same words. */
export async function getAccount(db: Queryable, within: string | null, accountId: string): Promise<Account> {
  const { rows } = await db.query<Account>(
    `select ${columns} from accounts
     where account_id = $2 and ($1::text is null or tenant_id = $1) and deleted_at is null`,
    [within, accountId],
  );
  return rows[0] ?? accountNotFound(accountId);
}

/** The same, locked until the transaction ends: `use` by those who count on it, `change` by who alters or deletes it. */
export async function lockAccount(
  tx: Queryable,
  within: string | null,
  { accountId, to }: { accountId: string; to: 'use' | 'change' },
): Promise<Account> {
  const { rows } =
    to === 'use'
      ? await tx.query<Account>(
          `select ${columns} from accounts
           where account_id = $2 and ($1::text is null or tenant_id = $1) and deleted_at is null for share`,
          [within, accountId],
        )
      : await tx.query<Account>(
          `select ${columns} from accounts
           where account_id = $2 and ($1::text is null or tenant_id = $1) and deleted_at is null for update`,
          [within, accountId],
        );
  return rows[0] ?? accountNotFound(accountId);
}

function accountNotFound(accountId: string): never {
  throw appError('not_found', `no account ${accountId}`);
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
       and ($3::text is null or provider = $3) and ($4::text is null or account_id < $4) and deleted_at is null
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
  account: CreateAccount & { readonly accountId: string; readonly externalId?: Buffer },
): Promise<Account | null> {
  const { rows } = await db.query<Account>(
    `insert into accounts (account_id, tenant_id, name, provider, cloud_account_id, regions, plan_role_arn, apply_role_arn,
       chain_role_arns, cluster, state, external_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (tenant_id, name) where deleted_at is null do nothing returning ${columns}`,
    [
      account.accountId,
      account.tenantId,
      account.name,
      account.provider,
      account.cloudAccountId,
      account.regions,
      account.planRoleArn ?? null,
      account.applyRoleArn ?? null,
      account.chainRoleArns ?? [],
      account.cluster ?? null,
      account.state ?? { kind: 'managed' },
      account.externalId ?? null,
    ],
  );
  return rows[0] ?? null;
}

/** Writes all that can be changed; with `proven` false it must be verified anew. Null when the name is taken. */
export async function updateAccount(
  tx: Queryable,
  accountId: string,
  { proven, ...settings }: AccountSettings & { proven: boolean },
): Promise<Account | null> {
  const { rows } = await tx.query<Account>(
    `update accounts set name = $2, regions = $3, plan_role_arn = $4, apply_role_arn = $5, chain_role_arns = $6,
       cluster = $7, state = $8, version = version + 1, verified_at = case when $9 then verified_at end
     where account_id = $1 and not exists (select from accounts other where other.tenant_id = accounts.tenant_id
       and other.name = $2 and other.account_id <> $1 and other.deleted_at is null)
     returning ${columns}`,
    [
      accountId,
      settings.name,
      settings.regions,
      settings.planRoleArn,
      settings.applyRoleArn,
      settings.chainRoleArns,
      settings.cluster,
      settings.state,
      proven,
    ],
  );
  return rows[0] ?? null;
}

/** Environments of the account that are not destroyed. */
export async function countLiveEnvironments(tx: Queryable, accountId: string): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `select count(*)::int as count from environments where account_id = $1 and status <> 'destroyed'`,
    [accountId],
  );
  return rows[0]?.count ?? 0;
}

/** The row stays: destroyed environments refer to it. Its external ids do not. */
export async function markAccountDeleted(tx: Queryable, accountId: string): Promise<void> {
  await tx.query(
    `update accounts set deleted_at = now(), external_id = null, next_external_id = null, verified_at = null
     where account_id = $1`,
    [accountId],
  );
}

/** The same for every account of a tenant. */
export async function markAccountsDeleted(tx: Queryable, tenantId: string): Promise<void> {
  await tx.query(
    `update accounts set deleted_at = now(), external_id = null, next_external_id = null, verified_at = null
     where tenant_id = $1 and deleted_at is null`,
    [tenantId],
  );
}

/** Stores what a verification of that version of the account found; false when the account has changed since. */
export async function saveChecks(
  db: Queryable,
  account: Pick<Account, 'accountId' | 'version'>,
  found: { checkedAt: Date; verdict: Verdict; checks: readonly AccountCheck[] },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update accounts set checked_at = $3, checks = $4, verified_at = case $5
       when 'verified' then $3::timestamptz when 'unknown' then verified_at end
     where account_id = $1 and version = $2 and deleted_at is null`,
    [account.accountId, account.version, found.checkedAt, JSON.stringify(found.checks), found.verdict],
  );
  return rowCount === 1;
}

/** What was last found, by any version of the account; null when it was never verified. */
export async function lastChecks(
  db: Queryable,
  accountId: string,
): Promise<{ checkedAt: Date; checks: readonly AccountCheck[] } | null> {
  const { rows } = await db.query<{ checkedAt: Date | null; checks: readonly AccountCheck[] }>(
    `select checked_at as "checkedAt", checks from accounts where account_id = $1`,
    [accountId],
  );
  const [row] = rows;
  if (row === undefined || row.checkedAt === null) return null;
  return { checkedAt: row.checkedAt, checks: row.checks };
}
