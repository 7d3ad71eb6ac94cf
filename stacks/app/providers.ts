import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { HelmProvider } from '@cdktf/provider-helm/lib/provider/index.js';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider/index.js';
import { Construct } from 'constructs';
import { commonTags, usesAws, type AppContext } from './context.js';

export interface ProvidersProps {
  readonly context: AppContext;
}

/** The providers that the stack needs. Credentials and the cluster's address come from Terraform's environment (AWS_*, KUBE_*). */
export class Providers extends Construct {
  constructor(scope: Construct, id: string, { context }: ProvidersProps) {
    super(scope, id);
    const { input, spec } = context;
    new KubernetesProvider(this, 'kubernetes');
    if (spec.release !== undefined) new HelmProvider(this, 'helm');
    if (usesAws(context))
      new AwsProvider(this, 'aws', {
        region: input.region,
        // A session of the wrong account can touch nothing.
        ...(input.provider === 'aws' ? { allowedAccountIds: [input.cloud_account_id] } : {}),
        defaultTags: [{ tags: commonTags(context) }],
      });
  }
}
