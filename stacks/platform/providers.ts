import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { HelmProvider } from '@cdktf/provider-helm/lib/provider/index.js';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider/index.js';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { commonTags } from '../app/context.js';
import type { ClusterPlace } from './cluster.js';
import type { PlatformContext } from './context.js';

export interface CloudProps {
  readonly context: PlatformContext;
}

/** The provider of AWS; its credentials come from Terraform's environment (AWS_*). */
export class Cloud extends Construct {
  constructor(scope: Construct, id: string, { context }: CloudProps) {
    super(scope, id);
    const { input } = context;
    new AwsProvider(this, 'aws', {
      region: input.region,
      // A session of the wrong account can touch nothing.
      ...(input.provider === 'aws' ? { allowedAccountIds: [input.cloud_account_id] } : {}),
      defaultTags: [{ tags: commonTags(context) }],
    });
  }
}

export interface ClusterLoginProps {
  readonly context: PlatformContext;
  readonly cluster: ClusterPlace;
  /** Whether objects besides Helm releases are made. */
  readonly objects: boolean;
}

/** The providers of what is in the cluster. They ask the AWS CLI of the worker for a token whenever they need one, as whoever Terraform is at
 *  AWS: a token in the plan would be too old after a review. No credential is in the stack. */
export class ClusterLogin extends Construct {
  constructor(scope: Construct, id: string, { context, cluster, objects }: ClusterLoginProps) {
    super(scope, id);
    const place = {
      host: cluster.endpoint,
      clusterCaCertificate: Fn.base64decode(cluster.certificateAuthority),
    };
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: 'aws',
      args: ['eks', 'get-token', '--cluster-name', cluster.name, '--region', context.input.region],
    };
    if (objects) new KubernetesProvider(this, 'kubernetes', { ...place, exec: [exec] });
    new HelmProvider(this, 'helm', { kubernetes: { ...place, exec } });
  }
}
