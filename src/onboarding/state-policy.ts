/** What a role may do with the bucket that the customer keeps states in. Pure. */
import type { Account } from '../account/account.js';
import { statePolicy } from '../state/bucket-rules.js';
import { environmentTag } from './conditions.js';
import { documentOf, type PolicyDocument, type Statement } from './policy-document.js';

export interface StatePolicyProps {
  readonly partition: string;
  readonly bucket: string;
  readonly kmsKeyArn: string | null;
}

/** States and locks of the session's own environment; and what a verification reads of the bucket. */
export function statesPolicy(props: StatePolicyProps): PolicyDocument {
  const own = JSON.parse(
    statePolicy({ ...props, environmentId: `\${aws:PrincipalTag/${environmentTag}}` }),
  ) as { readonly Statement: readonly Statement[] };
  return documentOf([
    ...own.Statement,
    {
      Sid: 'Verified',
      Effect: 'Allow',
      Action: ['s3:GetBucketVersioning', 's3:GetEncryptionConfiguration'],
      Resource: `arn:${props.partition}:s3:::${props.bucket}`,
    },
  ]);
}

/** Regions that the roles act in: those of environments, and that of the bucket. */
export function regionsOf({ regions, state }: Pick<Account, 'regions' | 'state'>): readonly string[] {
  return state.kind === 's3' ? [...new Set([...regions, state.region])] : regions;
}
