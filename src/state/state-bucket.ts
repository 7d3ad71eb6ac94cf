/**
 * One environment's place in the customer's bucket: the state and its lock, as Terraform's own `s3` backend with
 * `use_lockfile` has them (https://developer.hashicorp.com/terraform/language/backend/s3), so that either can take over
 * from the other and neither writes while the other holds the lock.
 */
import type { Account, StateLocation } from '../account/account.js';
import type { AwsConnection, Keys } from '../credentials/aws-connection.js';
import { s3Client } from '../credentials/s3-client.js';
import { stateKeys } from './bucket-rules.js';
import { s3Object, type S3Object } from './s3-object.js';

export interface StateBucket {
  readonly state: S3Object;
  readonly lock: S3Object;
  close(): void;
}

export interface StateBucketProps {
  readonly location: Extract<StateLocation, { kind: 's3' }>;
  readonly account: Pick<Account, 'cloudAccountId'>;
  readonly environmentId: string;
  /** Asked again before they end. */
  readonly keys: () => Promise<Keys>;
}

export function openStateBucket(aws: AwsConnection, props: StateBucketProps): StateBucket {
  const { location, account, environmentId, keys } = props;
  const client = s3Client(aws, location.region, async () => ({ ...(await keys()) }));
  const common = {
    client,
    bucket: location.bucket,
    owner: account.cloudAccountId,
    kmsKeyArn: location.kmsKeyArn,
  };
  const key = stateKeys(environmentId);
  return {
    state: s3Object({ ...common, key: key.state }),
    lock: s3Object({ ...common, key: key.lock }),
    close: () => client.destroy(),
  };
}
