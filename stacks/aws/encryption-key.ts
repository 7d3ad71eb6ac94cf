import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { Construct } from 'constructs';
import { policyDocument } from './iam-policy.js';

export interface EncryptionKeyProps {
  readonly name: string;
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
}

/** A KMS key of the environment, rotated each year: the account's IAM policies say who uses it, and its log groups may. */
export class EncryptionKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, partition, accountId, region }: EncryptionKeyProps) {
    super(scope, id);
    const key = new KmsKey(this, '$key', {
      description: `Data of ${name}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: policyDocument([
        {
          sid: 'Account',
          actions: ['kms:*'],
          resources: ['*'],
          principals: { AWS: [`arn:${partition}:iam::${accountId}:root`] },
        },
        {
          sid: 'Logs',
          actions: [
            'kms:Encrypt',
            'kms:Decrypt',
            'kms:ReEncrypt*',
            'kms:GenerateDataKey*',
            'kms:DescribeKey',
          ],
          resources: ['*'],
          principals: { Service: [`logs.${region}.amazonaws.com`] },
          conditions: {
            ArnLike: {
              'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${accountId}:log-group:*`,
            },
          },
        },
      ]),
    });
    new KmsAlias(this, '$alias', { name: `alias/${name}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}
