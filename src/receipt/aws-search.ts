/** What is tagged as an environment's in an account of AWS, by the Resource Groups Tagging API and, for roles, by IAM. */
import { IAMClient, paginateListRoles, ListRoleTagsCommand } from '@aws-sdk/client-iam';
import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { awsError, clientConfig, type AwsConnection, type Keys } from '../credentials/aws-connection.js';
import { stableNameTail } from '../spec/names.js';
import { partitionOf } from '../spec/partition.js';
import { ownerMark } from '../terraform/ownership.js';
import { sortListed } from './aws-listed.js';
import { searchPlace, type Look, type Patience, type Searched } from './search.js';

export interface AwsSearch extends Patience {
  readonly accountId: string;
  readonly region: string;
  readonly environmentId: string;
  /** Of a session in the account. */
  readonly keys: () => Promise<Keys>;
}

/** Where what is global is listed (AWS, "Supported AWS services: tagging resources"). */
const globalRegions = {
  aws: 'us-east-1',
  'aws-cn': 'cn-northwest-1',
  'aws-us-gov': 'us-gov-west-1',
} as const;

/** The places of the account: its region, the region of what is global, and roles, which have no tags there. */
export async function searchAws(aws: AwsConnection, search: AwsSearch): Promise<Searched[]> {
  const regions = [...new Set([search.region, globalRegions[partitionOf(search.region)]])];
  const account = `aws account ${search.accountId}`;
  return Promise.all([
    ...regions.map((region) =>
      searchPlace(`${account}, ${region}`, () => lookByTag(aws, { ...search, region }), search),
    ),
    searchPlace(`${account}, iam roles`, () => lookAtRoles(aws, search), search),
  ]);
}

async function lookByTag(aws: AwsConnection, { region, environmentId, keys }: AwsSearch): Promise<Look> {
  const here = { region, keys: await keys() };
  const client = new ResourceGroupsTaggingAPIClient(clientConfig(aws, here));
  try {
    const TagFilters = [{ Key: ownerMark, Values: [environmentId] }];
    const arns: string[] = [];
    for await (const { ResourceTagMappingList: listed = [] } of paginateGetResources(
      { client, pageSize: 100 },
      { TagFilters },
    ))
      arns.push(...listed.flatMap(({ ResourceARN: arn }) => arn ?? []));
    return await sortListed(aws, here, arns);
  } catch (error) {
    throw awsError(error, `call tag:GetResources in ${region}`);
  } finally {
    client.destroy();
  }
}

/** Every name that a stack gives ends with the same digits; whose such a role is, its tag says. */
async function lookAtRoles(aws: AwsConnection, { region, environmentId, keys }: AwsSearch): Promise<Look> {
  const client = new IAMClient(clientConfig(aws, { region, keys: await keys() }));
  const tail = stableNameTail(environmentId);
  let doing = 'iam:ListRoles';
  try {
    const names: string[] = [];
    for await (const { Roles: roles = [] } of paginateListRoles({ client, pageSize: 1000 }, {}))
      names.push(...roles.flatMap(({ RoleName: name }) => (name?.includes(tail) === true ? [name] : [])));
    doing = 'iam:ListRoleTags';
    const found = [];
    for (const RoleName of names) {
      const { Tags: tags = [] } = await client.send(new ListRoleTagsCommand({ RoleName }));
      const ours = tags.some(({ Key, Value }) => Key === ownerMark && Value === environmentId);
      if (ours) found.push({ type: 'iam:role', id: RoleName });
    }
    return { found, retained: [] };
  } catch (error) {
    throw awsError(error, `call ${doing}`);
  } finally {
    client.destroy();
  }
}
