import { describe, expect, test } from '@jest/globals';
import { cloudFaultIn, cloudFaultOf } from '../../src/credentials/cloud-faults.js';
import { terraformFailure } from '../../src/terraform/terraform-failure.js';

describe('an error code of AWS', () => {
  test.each([
    ['VpcLimitExceeded', 'quota_exceeded'],
    ['AddressLimitExceeded', 'quota_exceeded'],
    ['NatGatewayLimitExceeded', 'quota_exceeded'],
    ['VcpuLimitExceeded', 'quota_exceeded'],
    ['InstanceQuotaExceeded', 'quota_exceeded'],
    ['InstanceQuotaExceededFault', 'quota_exceeded'],
    ['ClusterQuotaForCustomerExceededFault', 'quota_exceeded'],
    ['ResourceLimitExceededException', 'quota_exceeded'],
    ['LimitExceeded', 'quota_exceeded'],
    ['RequestLimitExceeded', 'cloud_unavailable'],
    ['Throttling', 'cloud_unavailable'],
    ['ECONNREFUSED', 'cloud_unavailable'],
    ['UnauthorizedOperation', 'cloud_access_denied'],
    ['AccessDeniedException', 'cloud_access_denied'],
    ['InvalidSubnet.Conflict', 'cidr_clash'],
    ['OptInRequired', 'region_not_enabled'],
    ['ExpiredToken', 'session_expired'],
    ['DBInstanceAlreadyExists', undefined],
  ])('%s means %s', (awsCode, code) => {
    expect(cloudFaultOf(awsCode)?.code).toBe(code);
  });
});

const vpcLimit =
  'operation error EC2: CreateVpc, https response error StatusCode: 400, RequestID: 9f1c, api error VpcLimitExceeded: The maximum number of VPCs has been reached.';

test('it is found in the words of the provider', () => {
  expect(cloudFaultIn(vpcLimit)).toMatchObject({ code: 'quota_exceeded', awsCode: 'VpcLimitExceeded' });
  expect(cloudFaultIn('api error DBInstanceAlreadyExists: DB instance already exists')).toBeUndefined();
  expect(cloudFaultIn('a variable named LimitExceeded is not declared')).toBeUndefined();
});

test.each(['plan', 'apply'] as const)('a run that terraform %s ends says so, and what to do', (command) => {
  const failure = terraformFailure({
    command,
    result: { exitCode: 1, signal: null, stoppedBy: null, durationMs: 1 },
    limit: { name: 'PROVISIONING_TIMEOUT', ms: 1000 },
    diagnostic: {
      severity: 'error',
      summary: 'creating EC2 VPC',
      detail: vpcLimit,
      address: 'aws_vpc.network',
    },
    output: vpcLimit,
    mask: (text) => text,
  });
  expect(failure).toMatchObject({
    code: 'quota_exceeded',
    blame: 'tenant_cloud',
    message: `terraform could not ${command}: creating EC2 VPC (aws_vpc.network); VpcLimitExceeded: raise the quota in Service Quotas of the account, or remove what is not needed`,
  });
});
