import { DataAwsEksCluster } from '@cdktf/provider-aws/lib/data-aws-eks-cluster/index.js';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { PodIdentities } from '../aws/eks-oidc.js';
import type { ClusterPlace } from './cluster.js';
import type { PlatformContext } from './context.js';
import type { PlatformSpecV1 } from './spec.js';

export interface ExistingClusterProps {
  readonly context: PlatformContext;
  readonly existing: NonNullable<PlatformSpecV1['cluster']['existing']>;
}

/** An EKS cluster that somebody else keeps: looked up by name, nothing of it changed. */
export class ExistingCluster extends Construct implements ClusterPlace {
  readonly name: string;
  readonly endpoint: string;
  readonly certificateAuthority: string;
  readonly pods: PodIdentities;
  readonly ready = [];

  constructor(scope: Construct, id: string, { context, existing }: ExistingClusterProps) {
    super(scope, id);
    const { input, partition } = context;
    const cluster = new DataAwsEksCluster(this, '$cluster', { name: existing.name });
    const issuer = Fn.replace(cluster.identity.get(0).oidc.get(0).issuer, 'https://', '');
    this.name = existing.name;
    this.endpoint = cluster.endpoint;
    this.certificateAuthority = cluster.certificateAuthority.get(0).data;
    this.pods = {
      issuer,
      providerArn: `arn:${partition}:iam::${input.cloud_account_id}:oidc-provider/${issuer}`,
    };
  }
}
