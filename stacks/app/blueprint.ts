import { defineBlueprint } from '../../src/spec/blueprint.js';
import { dataOutputsDeclared, dataSecrets, dataSources } from './spec-data-declared.js';
import { dataPlaceFaults } from './spec-data-place.js';
import { appSpecV1, requestedTotals, type AppSpecV1 } from './spec.js';

/** `app@1`. */
export const blueprint = defineBlueprint<AppSpecV1>({
  name: 'app',
  version: 1,
  description:
    'A locked-down namespace with quota, database, cache, Helm release and ingress for one application of one tenant.',
  targets: ['kubernetes', 'docker'],
  schema: appSpecV1,
  examples: [
    {
      name: 'in the cluster',
      description: 'Small database and cache in the cluster, a public address.',
      spec: {
        variables: { LOG_LEVEL: 'info' },
        database: { mode: 'in_cluster', size: 'small' },
        cache: { mode: 'in_cluster' },
        ingress: { host: 'shop.example.com' },
      },
    },
    {
      name: 'without a chart',
      description: 'Two workloads behind one host name, a database migration before them.',
      spec: {
        cache: { mode: 'none' },
        migration: { image: 'registry.example.com/shop/api:1.4.2', args: ['migrate'] },
        workloads: [
          { name: 'frontend', image: 'registry.example.com/shop/web:1.4.2', port: 8080 },
          {
            name: 'backend',
            image: 'registry.example.com/shop/api:1.4.2',
            port: 9090,
            health: { path: '/healthz' },
            autoscaling: { min: 1, max: 3 },
          },
        ],
        ingress: {
          base_domain: 'example.com',
          paths: [
            { path: '/', service: 'frontend', port: 8080 },
            { path: '/api', service: 'backend', port: 9090 },
          ],
        },
      },
    },
    {
      name: 'on a development machine',
      description: 'Two workloads, a database and a cache as containers, reached on 127.0.0.1.',
      spec: {
        target: 'docker',
        migration: { image: 'registry.example.com/shop/api:1.4.2', args: ['migrate'], user_id: 1000 },
        workloads: [
          { name: 'frontend', image: 'registry.example.com/shop/web:1.4.2', port: 8080, user_id: 1000 },
          {
            name: 'backend',
            image: 'registry.example.com/shop/api:1.4.2',
            port: 9090,
            user_id: 1000,
            health: { path: '/healthz' },
          },
        ],
        docker: { ports: { frontend: 8080 } },
      },
    },
  ],
  outputs: [
    { name: 'namespace', description: 'Kubernetes namespace of the environment', secret: false },
    { name: 'endpoint_url', description: 'address of the application', secret: false },
    {
      name: 'endpoints',
      description: 'address of each workload by name, on a development machine',
      secret: false,
    },
    ...dataOutputsDeclared,
    { name: 'release_statuses', description: 'status of each Helm release, by name', secret: false },
  ],
  postDeploy: [],
  sources: [
    {
      address: 'kubernetes_namespace_v1.namespace',
      fields: ['namespace', 'labels', 'annotations', 'pod_security'],
    },
    { address: 'kubernetes_service_account_v1.namespace*', fields: ['service_account', 'namespace'] },
    { address: '*.quota*', fields: ['quota', 'limits', 'priority_class'] },
    { address: 'kubernetes_network_policy_v1.network_*', fields: ['network'] },
    { address: 'kubernetes_network_policy_v1.network_egress_*', fields: ['network.egress'] },
    ...dataSources,
    { address: '*.variables*', fields: ['variables'] },
    { address: '*.migration', fields: ['migration'] },
    { address: 'docker_network.*', fields: ['target'] },
    { address: 'docker_container.workload_*', fields: ['workloads', 'variables', 'docker'] },
    { address: '*.workload_*', fields: ['workloads'] },
    { address: 'helm_release.*', fields: ['releases'] },
    { address: '*.scaling_*', fields: ['releases'] },
    { address: 'kubernetes_manifest.service_monitor', fields: ['observability'] },
    { address: 'kubernetes_network_policy_v1.network_monitoring', fields: ['observability'] },
    { address: '*.ingress', fields: ['ingress'] },
  ],
  totalsFields: { cpuCores: 'quota.cpu', memoryGb: 'quota.memory', storageGb: 'quota.storage' },
  secrets: dataSecrets,
  totals: requestedTotals,
  checkPlace: dataPlaceFaults,
});
