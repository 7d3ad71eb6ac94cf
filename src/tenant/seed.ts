import { insertAccount, listAccounts } from '../account/account-store.js';
import type { Account } from '../account/account.js';
import type { Queryable } from '../db/db.js';
import { newId } from '../lib/ids.js';
import { insertTenant, listTenants } from './tenant-store.js';
import type { Tenant } from './tenant.js';

/** Seeds, unless the tenant `acme` was offboarded. */
export async function seedUnlessGone(db: Queryable): Promise<void> {
  const { items } = await listTenants(db, { slug: 'acme', status: 'offboarded' }, { limit: 1 });
  if (items.length === 0) await seedSandbox(db);
}

/** The tenant `acme` and its account `sandbox`, made once: something to try Terrace with on a fresh machine. */
export async function seedSandbox(db: Queryable): Promise<{ tenant: Tenant; account: Account }> {
  const tenant =
    (await insertTenant(db, {
      tenantId: newId('tenant'),
      name: 'Acme',
      slug: 'acme',
      maxEnvironments: null,
    })) ?? (await listTenants(db, { slug: 'acme' }, { limit: 1 })).items[0];
  if (tenant === undefined) throw new Error('the tenant acme was neither made nor found');
  const { tenantId } = tenant;
  const account =
    (await insertAccount(db, {
      accountId: newId('account'),
      tenantId,
      name: 'sandbox',
      provider: 'sandbox',
      cloudAccountId: '100000000001',
      regions: ['eu-central-1', 'us-east-1'],
    })) ?? (await listAccounts(db, { tenantId, name: 'sandbox' }, { limit: 1 })).items[0];
  if (account === undefined) throw new Error('the account sandbox was neither made nor found');
  return { tenant, account };
}
