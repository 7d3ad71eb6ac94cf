import { z } from 'zod';
import { accountProviders, type Account } from '../../src/account/account.js';
import { anId, dnsLabel, iso, pageOf, pageQuery, time } from './common.js';

export const accountParams = z.strictObject({ account_id: anId('`acc_...`') });

export const accountQuery = z.strictObject({
  ...pageQuery(200, 50),
  tenant_id: anId('of this tenant').optional(),
  name: z.string().max(40).optional(),
  provider: z.enum(accountProviders).optional(),
});

const region = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, { error: 'must be a region such as eu-central-1' });

export const createAccount = z
  .strictObject({
    tenant_id: anId('not needed with a token that is bound to a tenant').optional(),
    name: dnsLabel(40).describe('unique among the accounts of the tenant'),
    provider: z.enum(accountProviders),
    cloud_account_id: z.string().regex(/^[0-9]{12}$/, { error: 'must be 12 digits' }),
    regions: z.array(region).min(1).max(50),
  })
  .meta({ id: 'CreateAccount' });

export const account = z
  .strictObject({
    account_id: z.string(),
    tenant_id: z.string(),
    name: z.string(),
    provider: z.enum(accountProviders),
    cloud_account_id: z.string(),
    regions: z.array(z.string()),
    created_at: time,
  })
  .meta({ id: 'Account' });

export const accountPage = pageOf('AccountPage', account);

export function accountView(one: Account): z.input<typeof account> {
  return {
    account_id: one.accountId,
    tenant_id: one.tenantId,
    name: one.name,
    provider: one.provider,
    cloud_account_id: one.cloudAccountId,
    regions: [...one.regions],
    created_at: iso(one.createdAt),
  };
}
