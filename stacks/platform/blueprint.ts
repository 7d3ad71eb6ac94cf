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
      name: 'everything new',
      description: 'Network, small cluster, data services, bucket and an application with a public address.',
      spec: {
        cluster: { endpoint: 'public_and_private', allowed_cidrs: ['203.0.113.0/24'] },
        database: { size: 'small' },
        cache: { size: 'small' },
        bucket: { prefix: 'shop' },
        domain: 'shop.example.com',
        release: { repository: 'https://charts.example.com', chart: 'shop', version: '1.4.2' },
      },
    },
    {
      name: 'highly available',
      description: 'A way out and data services in every zone, larger machines, GPU workers.',
      spec: {
        network: { cidr: '10.20.0.0/16', nat: 'per_zone', endpoints: 'private' },
        cluster: {
          profile: 'medium',
          gpu: { instance: 'g5.xlarge', max: 2 },
          endpoint: 'public_and_private',
          allowed_cidrs: ['203.0.113.0/24'],
        },
        database: { size: 'medium', multi_az: true, storage_gb: 100, deletion_protection: true },
        cache: { size: 'medium', ha: true },
        bucket: { expire_days: 365 },
        baseline: { external_secrets: { enabled: true } },
      },
    },
    {
      name: 'bring your own',
      description: 'Data services and an application beside what is there already.',
      spec: {
        network: {
          existing: {
            vpc_id: 'vpc-0a1b2c3d4e5f60718',
            vpc_cidr: '10.30.0.0/16',
            private_subnet_ids: ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712'],
          },
        },
        cluster: {
          existing: { name: 'shared' },
        },
        database: { size: 'small' },
        release: { repository: 'https://charts.example.com', chart: 'shop', version: '1.4.2' },
      },
    },
  ],
  outputs: [
    { name: 'vpc_id', description: 'VPC of the environment', secret: false },
    { name: 'cluster_name', description: 'name of the EKS cluster', secret: false },
    { name: 'cluster_endpoint', description: 'address of the Kubernetes API', secret: false },
    { name: 'kubeconfig_command', description: 'command that lets kubectl in', secret: false },
    { name: 'app_role_arn', description: 'IAM role of service account app', secret: false },
    { name: 'database_host', description: 'host of the database', secret: false },
    { name: 'database_port', description: 'port of the database', secret: false },
    { name: 'database_name', description: 'name of the database', secret: false },
    { name: 'database_user', description: 'user of the database', secret: false },
    {
      name: 'database_secret_arn',
      description: 'secret in AWS Secrets Manager with user and password of the database',
      secret: false,
    },
    { name: 'cache_host', description: 'host of the cache', secret: false },
    { name: 'cache_port', description: 'port of the cache', secret: false },
    { name: 'cache_url', description: 'address of the cache with the password in it', secret: true },
    { name: 'bucket_name', description: 'bucket of the application', secret: false },
    { name: 'endpoint_url', description: 'public address of the application', secret: false },
    { name: 'release_status', description: 'status of the Helm release', secret: false },
  ],
  postDeploy: [],
  sources: [
    { address: 'aws_kms_*.key', fields: [] },
    { address: 'aws_*.network*', fields: ['network'] },
    { address: 'aws_nat_gateway.network_nat_*', fields: ['network.nat', 'network.zones'] },
    { address: 'aws_vpc_endpoint.network_endpoint_*', fields: ['network.endpoints'] },
    { address: 'aws_flow_log.network_flow_logs', fields: ['network.flow_logs'] },
    { address: 'aws_cloudwatch_log_group.*', fields: ['network.log_days'] },
    { address: 'aws_*.cluster*', fields: ['cluster'] },
    {
      address: 'aws_*.cluster_general',
      fields: ['cluster.profile', 'cluster.min_nodes', 'cluster.max_nodes'],
    },
    { address: 'aws_*.cluster_gpu', fields: ['cluster.gpu'] },
    { address: 'aws_eks_access_*.cluster_access_*', fields: ['cluster.access'] },
    { address: 'aws_*.database*', fields: ['database'] },
    { address: 'aws_*.cache*', fields: ['cache'] },
    { address: 'aws_s3_*.bucket', fields: ['bucket'] },
    { address: 'aws_iam_*.app_role', fields: ['bucket', 'database'] },
    { address: '*.baseline_*', fields: ['baseline'] },
    { address: '*.app', fields: ['release'] },
    { address: 'kubernetes_ingress_v1.app', fields: ['domain'] },
  ],
  totalsFields: {
    cpuCores: 'cluster.max_nodes',
    memoryGb: 'cluster.max_nodes',
    storageGb: 'cluster.max_nodes',
  },
  secrets: ({ cache }) => (cache === undefined ? [] : [{ name: 'cache_password', length: 32 }]),
  totals: requestedTotals,
  checkPlace: placeFaults,
});
