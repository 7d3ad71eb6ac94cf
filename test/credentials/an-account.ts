import type { Account } from '../../src/account/account.js';
import { applyRole, planRole } from '../support/fake-aws/customer.js';

/** An account of `customer()`, as Terrace has recorded it. */
export function anAccount(cloudAccountId: string, over: Partial<Account> = {}): Account {
  return {
    accountId: 'acc_1',
    tenantId: 'ten_1',
    name: 'prod',
    provider: 'aws',
    cloudAccountId,
    regions: ['eu-central-1'],
    planRoleArn: planRole(cloudAccountId),
    applyRoleArn: applyRole(cloudAccountId),
    chainRoleArns: [],
    cluster: null,
    state: { kind: 'managed' },
    version: 1,
    verifiedAt: null,
    externalIdRotating: false,
    createdAt: new Date(0),
    ...over,
  };
}
