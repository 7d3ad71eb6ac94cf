/**
 * The Tagging API lists "tagged or previously tagged" things: some for hours after they are gone. EC2 and KMS are asked
 * themselves (https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html).
 */
import {
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeNatGateways,
  paginateDescribeTags,
  paginateDescribeVpcEndpoints,
} from '@aws-sdk/client-ec2';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  awsCodeOf,
  awsError,
  clientConfig,
  type AwsConnection,
  type Keys,
} from '../credentials/aws-connection.js';
import { ownerMark } from '../terraform/ownership.js';
import { kindOfArn, retainedKinds } from './arn-rules.js';
import type { Found } from './receipt.js';
import type { Look } from './search.js';

interface Here {
  readonly region: string;
  readonly keys: Keys;
}

/** What of it is there and what is kept on purpose; what is gone is neither. Throws what the services refuse. */
export async function sortListed(aws: AwsConnection, here: Here, arns: readonly string[]): Promise<Look> {
  const listed = arns.map((arn) => ({ arn, ...kindOfArn(arn) }));
  const inEc2 = listed.filter(({ type }) => type.startsWith('ec2:')).map(({ id }) => id);
  const there = await thereInEc2(aws, here, inEc2);
  const found: Found[] = [];
  const retained: Found[] = [];
  for (const { arn, type, id } of listed) {
    const state = type === 'kms:key' ? await keyState(aws, here, arn) : '';
    const kept = state.endsWith('Deletion') ? 'kms_key_to_be_deleted' : retainedKinds[type];
    if (kept !== undefined) retained.push({ type: kept, id });
    else if (state !== 'gone' && !(type.startsWith('ec2:') && !there.has(id))) found.push({ type, id: arn });
  }
  return { found, retained };
}

/** As many values as one filter takes. */
const mostValues = 200;

async function thereInEc2(aws: AwsConnection, here: Here, ids: readonly string[]): Promise<Set<string>> {
  const there = new Set<string>();
  const client = new EC2Client(clientConfig(aws, here));
  try {
    for (let at = 0; at < ids.length; at += mostValues) {
      const Values = ids.slice(at, at + mostValues);
      const Filters = [
        { Name: 'resource-id', Values },
        { Name: 'key', Values: [ownerMark] },
      ];
      for await (const { Tags = [] } of paginateDescribeTags({ client }, { Filters }))
        for (const { ResourceId: id = '' } of Tags) there.add(id);
      for (const id of await ended(client, Values)) there.delete(id);
    }
    return there;
  } catch (error) {
    throw awsError(error, `call ec2:DescribeTags, or describe what it tells, in ${here.region}`);
  } finally {
    client.destroy();
  }
}

/** Those that keep their tags for a while after their end. */
async function ended(client: EC2Client, Values: string[]): Promise<string[]> {
  const over: string[] = [];
  const note = (id = '', state = '') => /^(deleted|terminated)$/i.test(state) && over.push(id);
  const has = (prefix: string) => Values.some((id) => id.startsWith(prefix));
  const by = (Name: string) => [{ Name, Values }];
  if (has('nat-'))
    for await (const page of paginateDescribeNatGateways({ client }, { Filter: by('nat-gateway-id') }))
      for (const one of page.NatGateways ?? []) note(one.NatGatewayId, one.State);
  if (has('i-'))
    for await (const page of paginateDescribeInstances({ client }, { Filters: by('instance-id') }))
      for (const one of (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances))
        note(one.InstanceId, one.State?.Name);
  if (has('vpce-'))
    for await (const page of paginateDescribeVpcEndpoints({ client }, { Filters: by('vpc-endpoint-id') }))
      for (const one of page.VpcEndpoints ?? []) note(one.VpcEndpointId, one.State);
  return over;
}

/** KMS's word for it, such as `PendingDeletion`, or `gone`. */
async function keyState(aws: AwsConnection, here: Here, arn: string): Promise<string> {
  const client = new KMSClient(clientConfig(aws, here));
  try {
    const { KeyMetadata: key } = await client.send(new DescribeKeyCommand({ KeyId: arn }));
    return key?.KeyState ?? '';
  } catch (error) {
    if (awsCodeOf(error) === 'NotFoundException') return 'gone';
    throw awsError(error, `call kms:DescribeKey in ${here.region}`);
  } finally {
    client.destroy();
  }
}
