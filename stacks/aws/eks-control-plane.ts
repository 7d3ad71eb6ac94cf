import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { trustOfService } from './iam-policy.js';
import { Role } from './iam-role.js';

export interface ControlPlaneProps {
  /** At most 56 characters. */
  readonly name: string;
  readonly partition: string;
  /** Minor version of Kubernetes, such as `1.34`. */
  readonly version: string;
  readonly subnetIds: readonly string[];
  /** Who may reach the endpoint from outside. @default - nobody: only the network itself reaches it */
  readonly publicCidrs?: readonly string[];
  readonly keyArn: string;
  readonly logDays: number;
  readonly deletionProtection: boolean;
}

/** The control plane of an EKS cluster: secrets encrypted, everything logged, rights by access entries alone. */
export class ControlPlane extends Construct {
  /** The name as a reference: whoever uses it comes after the cluster. */
  readonly name: string;
  readonly endpoint: string;
  /** PEM, base64. */
  readonly certificateAuthority: string;
  readonly issuer: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ControlPlaneProps) {
    super(scope, id);
    const { name, partition, keyArn, publicCidrs } = props;
    const role = new Role(this, '$role', {
      name: `${name}-cluster`,
      description: 'Control plane of an EKS cluster',
      trust: trustOfService('eks.amazonaws.com', undefined, ['sts:AssumeRole', 'sts:TagSession']),
      managed: { cluster: `arn:${partition}:iam::aws:policy/AmazonEKSClusterPolicy` },
      statements: [
        {
          sid: 'Secrets',
          actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ListGrants', 'kms:DescribeKey'],
          resources: [keyArn],
        },
      ],
    });
    // EKS would make it itself, unencrypted and for ever.
    const log = new CloudwatchLogGroup(this, '$log', {
      name: `/aws/eks/${name}/cluster`,
      retentionInDays: props.logDays,
      kmsKeyId: keyArn,
    });
    const cluster = new EksCluster(this, '$cluster', {
      name,
      roleArn: role.arn,
      version: props.version,
      deletionProtection: props.deletionProtection,
      enabledClusterLogTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
      // The addons are ours: they get roles of their own.
      bootstrapSelfManagedAddons: false,
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: true },
      encryptionConfig: { resources: ['secrets'], provider: { keyArn } },
      kubernetesNetworkConfig: { ipFamily: 'ipv4', serviceIpv4Cidr: '172.20.0.0/16' },
      upgradePolicy: { supportType: 'STANDARD' },
      vpcConfig: {
        subnetIds: [...props.subnetIds],
        endpointPrivateAccess: true,
        endpointPublicAccess: publicCidrs !== undefined,
        ...(publicCidrs ? { publicAccessCidrs: [...publicCidrs] } : {}),
      },
      dependsOn: [...role.ready, log],
    });
    this.name = cluster.name;
    this.endpoint = cluster.endpoint;
    this.certificateAuthority = cluster.certificateAuthority.get(0).data;
    this.issuer = cluster.identity.get(0).oidc.get(0).issuer;
    this.ready = [cluster];
  }
}
