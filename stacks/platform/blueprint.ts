import { defineBlueprint } from '../../src/spec/blueprint.js';
import { platformSpecV1, requestedTotals, type PlatformSpecV1 } from './spec.js';
import { placeFaults } from './spec-rules.js';

/** `platform@1`. */
export const blueprint = defineBlueprint<PlatformSpecV1>({
  name: 'platform',
  version: 1,
  description:
    "Infrastructure in the customer's own account: network, Kubernetes cluster, database, cache, bucket, baseline charts and application.",
  targets: ['aws'],
  schema: platformSpecV1,
  examples: [
    {
      name: 'network and bucket',
      description: 'A new network over three zones and a bucket.',
      spec: { bucket: { prefix: 'shop' } },
    },
  ],
  outputs: [
    { name: 'vpc_id', description: 'VPC of the environment', secret: false },
    { name: 'bucket_name', description: 'bucket of the application', secret: false },
  ],
  postDeploy: [],
  sources: [
    { address: 'aws_kms_*.key', fields: [] },
    { address: 'aws_*.network*', fields: ['network'] },
    { address: 'aws_nat_gateway.network_nat_*', fields: ['network.nat', 'network.zones'] },
    { address: 'aws_vpc_endpoint.network_endpoint_*', fields: ['network.endpoints'] },
    { address: 'aws_flow_log.network_flow_logs', fields: ['network.flow_logs'] },
    { address: 'aws_s3_*.bucket', fields: ['bucket'] },
  ],
  totalsFields: {
    cpuCores: 'cluster.max_nodes',
    memoryGb: 'cluster.max_nodes',
    storageGb: 'database.storage_gb',
  },
  secrets: () => [],
  totals: requestedTotals,
  checkPlace: placeFaults,
});
