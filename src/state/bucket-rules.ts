/** Where states are in a customer's bucket, and who may touch them. Pure. */

export interface StatePolicyProps {
  readonly bucket: string;
  readonly kmsKeyArn: string | null;
  /** `*` = any, for the policies of a role. */
  readonly environmentId: string;
  /** Such as `aws` or `aws-cn`. */
  readonly partition: string;
}

/** Keys of the state and of its lock, which Terraform's `s3` backend calls by the same names. */
export function stateKeys(environmentId: string): { readonly state: string; readonly lock: string } {
  const state = `environments/${environmentId}/terraform.tfstate`;
  return { state, lock: `${state}.tflock` };
}

/**
 * The policy of a session for states, as JSON: the state and the lock of one environment, and nothing else. A plan needs
 * to write too: it takes the lock, and brings into the state what a lost worker left. Rights: https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
 */
export function statePolicy({ bucket, kmsKeyArn, environmentId, partition }: StatePolicyProps): string {
  const arn = `arn:${partition}:s3:::${bucket}`;
  const keys = stateKeys(environmentId);
  const allow = (Sid: string, Action: readonly string[], Resource: string) => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      // Without it S3 answers 403 in place of 404 for a state that is not there yet.
      allow('Bucket', ['s3:ListBucket'], arn),
      allow('State', ['s3:GetObject', 's3:PutObject'], `${arn}/${keys.state}`),
      allow('Lock', ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], `${arn}/${keys.lock}`),
      ...(kmsKeyArn === null ? [] : [allow('Key', ['kms:Decrypt', 'kms:GenerateDataKey'], kmsKeyArn)]),
    ],
  });
}

/** The mark of Terrace in the description of a lock. */
export const lockMark = 'terrace';

/** What is written of a lock's holder. */
export interface LockInfo extends Readonly<Record<string, unknown>> {
  readonly ID: string;
}

/** The description of a lock as terraform wrote it; null when it is none. */
export function parseLock(text: string): LockInfo | null {
  try {
    const info: unknown = JSON.parse(text);
    if (typeof info === 'object' && info !== null && 'ID' in info && typeof info.ID === 'string')
      return { ...info, ID: info.ID };
  } catch {
    // none
  }
  return null;
}

/**
 * Whether a lock in the bucket was left by a run of Terrace that is over. Only who has the lock in PostgreSQL may ask: every
 * run takes that one first and gives it back last, so another run's lock in the bucket has no holder any more.
 */
export function isLeftBehind(info: LockInfo | null): boolean {
  return info?.Info === lockMark;
}
