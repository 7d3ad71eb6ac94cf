import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { Construct } from 'constructs';
import { commonTags } from '../app/context.js';
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
