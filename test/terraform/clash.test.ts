import { describe, expect, test } from '@jest/globals';
import { takenIn } from '../../src/terraform/clash.js';
import { ownerOf } from '../../src/terraform/ownership.js';

const error = (summary: string, detail = '') => `Error: ${summary}\n  with a.b,\n${detail}`;

describe('what exists already', () => {
  test.each([
    ['namespaces "acme" already exists', ''],
    ['creating RDS DB Instance (acme): DBInstanceAlreadyExists: DB instance already exists'],
    ['creating S3 Bucket (acme): BucketAlreadyOwnedByYou: Your previous request succeeded'],
    ['creating Security Group (acme): InvalidGroup.Duplicate: The security group exists for VPC'],
    ['creating IAM Role (acme): EntityAlreadyExists: Role with name acme already exists.'],
    ['creating KMS Alias: AlreadyExistsException: An alias with the name exists'],
    ['creating Route in Route Table (rtb-1): RouteAlreadyExists: The route identified by 0.0.0.0/0'],
    ['installation failed', 'cannot re-use a name that is still in use'],
    ['Unable to create container: Conflict. The container name "/acme" is already in use by container'],
    ['pq: role "acme" already exists'],
  ])('is found: %s', (...words) => {
    expect(takenIn(error(words[0] ?? '', words[1]))).toEqual(['a.b']);
  });

  test.each([
    ['creating RDS DB Instance (acme): InvalidParameterValue: the password is too short'],
    ['waiting for helm release: context deadline exceeded'],
    ['creating EC2 VPC: VpcLimitExceeded: The maximum number of VPCs has been reached'],
  ])('is not found in: %s', (summary) => {
    expect(takenIn(error(summary))).toEqual([]);
  });

  test('is named once, and only with its address; a warning is none', () => {
    const twice = `${error('x already exists')}\n${error('y already exists')}`;
    expect(takenIn(twice)).toEqual(['a.b']);
    expect(takenIn('Error: x already exists\n')).toEqual([]);
    expect(takenIn('Warning: x already exists\n  with a.b,\n')).toEqual([]);
  });
});

describe('whose it is', () => {
  const mark = (id: string) => ({ 'terrace.dev/environment-id': id });
  test.each([
    [{ tags: mark('env_1') }, 'ours'],
    [{ tags: {}, tags_all: mark('env_1') }, 'ours'],
    [{ metadata: [{ labels: mark('env_1') }] }, 'ours'],
    [{ manifest: { metadata: { labels: mark('env_1') } } }, 'ours'],
    [{ object: { metadata: { labels: mark('env_1') } }, manifest: null }, 'ours'],
    [{ labels: [{ label: 'terrace.dev/environment-id', value: 'env_1' }] }, 'ours'],
    [{ tags: mark('env_2') }, 'other'],
    [{ tags: mark('env_1'), tags_all: mark('env_2') }, 'other'],
    [{ tags: { Name: 'env_1' } }, 'unmarked'],
    [{ name: 'release' }, 'unmarked'],
    [null, 'unmarked'],
  ] as const)('%j: %s', (values, owner) => {
    expect(ownerOf(values, 'env_1')).toBe(owner);
  });
});
