/** GetResources (https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/), two a page, and DescribeKey of KMS. */
import type { Asking } from './service.js';
import { Refusal } from './world.js';

const page = 2;

interface Asked {
  readonly TagFilters?: readonly { readonly Key: string; readonly Values?: readonly string[] }[];
  readonly PaginationToken?: string;
}

export function tagging({ world, action, body, signer }: Asking): string {
  if (action !== 'GetResources')
    throw new Refusal('InvalidAction', `the stand-in for the Tagging API does not know ${action}`);
  const { TagFilters = [], PaginationToken = '' } = JSON.parse(body) as Asked;
  const { things = {} } = world.account(signer.identity.account);
  const fitting = Object.entries(things).filter(
    ([, { region, tags }]) =>
      region === signer.region &&
      TagFilters.every(({ Key, Values }) => Key in tags && (Values?.includes(tags[Key] ?? '') ?? true)),
  );
  const from = Number(PaginationToken);
  const rest = fitting.length > from + page;
  return JSON.stringify({
    ResourceTagMappingList: fitting.slice(from, from + page).map(([ResourceARN, { tags }]) => ({
      ResourceARN,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })),
    PaginationToken: rest ? String(from + page) : '',
  });
}

export function kms({ world, action, params, signer }: Asking): string {
  if (action !== 'DescribeKey')
    throw new Refusal('InvalidAction', `the stand-in for KMS does not know ${action}`);
  const arn = params.KeyId ?? '';
  const { state } = world.account(signer.identity.account).things?.[arn] ?? { state: null };
  if (state === null) throw new Refusal('NotFoundException', `no key ${arn}`);
  return JSON.stringify({
    KeyMetadata: { KeyId: arn.split('/')[1], Arn: arn, KeyState: state ?? 'Enabled' },
  });
}
