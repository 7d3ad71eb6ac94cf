import { Construct } from 'constructs';
import type { Bucket } from '../aws/bucket.js';
import { trustOfServiceAccount } from '../aws/eks-oidc.js';
import type { Statement } from '../aws/iam-policy.js';
import { Role } from '../aws/iam-role.js';
import type { ClusterPlace } from './cluster.js';
import type { PlatformContext } from './context.js';

export interface ApplicationRoleProps {
  readonly context: PlatformContext;
  readonly cluster: ClusterPlace;
  readonly keyArn: string;
  /** @default - no bucket */
  readonly bucket?: Bucket;
  /** Secret of the database. @default - no database */
  readonly secretArn?: string;
}

/** What the application's pods may do at AWS: their bucket, their secret, the key of both; nothing else. */
export class ApplicationRole extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: ApplicationRoleProps) {
    super(scope, id);
    const { context, cluster } = props;
    const statements = statementsOf(props);
    this.arn = new Role(this, '$role', {
      name: `${context.names.base}-app`,
      description: 'Application of an environment',
      trust: trustOfServiceAccount(cluster.pods, { namespace: context.names.namespace, name: 'app' }),
      ...(statements.length === 0 ? {} : { statements }),
    }).arn;
  }
}

function statementsOf({ bucket, secretArn, keyArn }: ApplicationRoleProps): Statement[] {
  return [
    ...(bucket
      ? [
          { sid: 'List', actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [bucket.arn] },
          {
            sid: 'Objects',
            actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
            resources: [`${bucket.arn}/*`],
          },
        ]
      : []),
    ...(secretArn
      ? [{ sid: 'Secret', actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] }]
      : []),
    ...(bucket || secretArn
      ? [{ sid: 'Key', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [keyArn] }]
      : []),
  ];
}
