import type { Construct } from 'constructs';
import type { StackInput } from '../../src/spec/stack-input.js';
import { Bucket } from '../aws/bucket.js';
import { EncryptionKey } from '../aws/encryption-key.js';
import { EnvironmentStack } from '../environment-stack.js';
import { literal } from '../literal.js';
import { platformNames, type PlatformContext } from './context.js';
import { givenNetwork, Network } from './network.js';
import { Outputs } from './outputs.js';
import { Cloud } from './providers.js';
import { platformSpecV1 } from './spec.js';
import { partitionOf } from './spec-zones.js';

export interface PlatformStackProps {
  readonly input: StackInput;
}

/** The stack of `platform@1` for an input. */
export function build(scope: Construct, input: StackInput): PlatformStack {
  return new PlatformStack(scope, 'environment', { input });
}

/** Blueprint `platform@1`: network, cluster, data services and charts in the customer's account. Throws ZodError on a wrong spec. */
export class PlatformStack extends EnvironmentStack {
  constructor(scope: Construct, id: string, { input }: PlatformStackProps) {
    super(scope, id);
    const context = contextOf(input);
    const { spec, names, partition } = context;
    new Cloud(this, '$cloud', { context });
    const { arn: keyArn } = new EncryptionKey(this, 'key', {
      name: names.base,
      partition,
      accountId: input.cloud_account_id,
      region: input.region,
    });
    const network = givenNetwork(context) ?? new Network(this, 'network', { context, keyArn });
    const bucket =
      spec.bucket &&
      new Bucket(this, 'bucket', {
        name: names.bucket,
        partition,
        keyArn,
        versioning: spec.bucket.versioning,
        expireDays: spec.bucket.expire_days,
        deleteObjects: spec.bucket.delete_objects,
      });
    new Outputs(this, '$outputs', {
      values: {
        vpc_id: network.vpcId,
        bucket_name: bucket?.name,
      },
      secret: [],
    });
  }
}

function contextOf(input: StackInput): PlatformContext {
  const spec = platformSpecV1.parse(input.spec);
  return {
    input: literal(input),
    spec: literal(spec),
    names: platformNames(input, spec),
    partition: partitionOf(input.region),
  };
}
