/** Each policy finds its breach; without this a policy could pass for looking at nothing. */
import { expect, test } from '@jest/globals';
import type { StackJson } from '../stack-json.js';
import { policies } from './policies.js';

type Body = Readonly<Record<string, unknown>>;

const pod = (container: Body, more: Body = {}) => ({
  spec: [{ template: [{ spec: [{ container: [{ name: 'c', image: 'x:1', ...container }], ...more }] }] }],
});
const deployment = (container: Body, more?: Body) => ({
  kubernetes_deployment_v1: { x: pod(container, more) },
});
const policyDocument = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });

const onMachine = (container: Body) => ({
  docker_container: {
    x: {
      image: 'x:1',
      capabilities: { drop: ['ALL'] },
      security_opts: ['no-new-privileges'],
      user: '1000:1000',
      memory: 64,
      memory_swap: 64,
      cpus: '1',
      log_opts: { 'max-size': '1m' },
      ...container,
    },
  },
});

/** Policy -> resources that break it; `provider` for those on providers. */
const breaches: Readonly<Record<string, Body>> = {
  'databases are encrypted at rest': { aws_db_instance: { x: { storage_encrypted: false } } },
  'databases are not public': { aws_db_instance: { x: { publicly_accessible: true } } },
  'databases are backed up': { aws_db_instance: { x: { backup_retention_period: 0 } } },
  'databases force TLS': {
    aws_db_parameter_group: { x: { parameter: [{ name: 'rds.force_ssl', value: '0' }] } },
  },
  'caches are encrypted at rest': { aws_elasticache_replication_group: { x: {} } },
  'caches are encrypted on the way': {
    aws_elasticache_replication_group: {
      x: { transit_encryption_enabled: true, transit_encryption_mode: 'preferred' },
    },
  },
  'caches ask for a password': { aws_elasticache_replication_group: { x: {} } },
  'nothing is open to everyone but web ports': {
    aws_vpc_security_group_ingress_rule: { x: { cidr_ipv4: '0.0.0.0/0', from_port: 22 } },
  },
  'no security group has rules inside': { aws_security_group: { x: { ingress: [{ from_port: 1 }] } } },
  'data ports are open to no range wider than /8': {
    aws_vpc_security_group_ingress_rule: { x: { cidr_ipv4: '10.0.0.0/7', from_port: 5432 } },
  },
  'buckets are closed, encrypted and versioned or say so': { aws_s3_bucket: { x: {} } },
  'clusters encrypt their secrets and log': { aws_eks_cluster: { x: { encryption_config: [{}] } } },
  'a cluster open to the internet names who': {
    aws_eks_cluster: { x: { vpc_config: { endpoint_public_access: true } } },
  },
  'machines ask for session tokens of metadata': {
    aws_launch_template: { x: { metadata_options: { http_tokens: 'optional' } } },
  },
  'no role may do everything': { aws_iam_role_policy: { x: { policy: policyDocument } } },
  'namespaces enforce a pod security level': {
    kubernetes_namespace_v1: {
      x: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
    },
  },
  'no container is privileged or may become it': deployment({ security_context: { privileged: true } }),
  'every container runs as another than root, without capabilities': deployment(
    { security_context: { capabilities: { drop: ['NET_RAW'] } } },
    { security_context: { run_as_non_root: true } },
  ),
  'every container has limits': deployment({ resources: { limits: { cpu: '1' } } }),
  'images are pinned': deployment({ image: 'postgres:latest' }),
  'no pod gets a token of the cluster unasked': deployment({}),
  'no service is open to the world by itself': {
    kubernetes_service_v1: { x: { spec: { type: 'NodePort' } } },
  },
  'no container on a machine has rights or can gain any': onMachine({ user: '0:1000' }),
  'no container on a machine shares what is of the machine': onMachine({
    volumes: [{ host_path: '/var/run/docker.sock', container_path: '/docker.sock' }],
  }),
  'every container on a machine has limits, and logs that are rotated': onMachine({ memory_swap: -1 }),
  'images on a machine are pinned': { docker_image: { x: { name: 'postgres' } } },
  'ports are published on loopback only': onMachine({ ports: [{ internal: 80, external: 8080 }] }),
  'data services on a machine are in networks without a way out': {
    ...onMachine({
      labels: [{ label: 'terrace.dev/component', value: 'database' }],
      networks_advanced: [{ name: '${docker_network.open.name}' }],
    }),
    docker_network: { open: { internal: false } },
  },
  'web addresses have TLS': { kubernetes_ingress_v1: { x: { spec: { rule: [] } } } },
  'no egress to everywhere reaches the metadata address': {
    kubernetes_network_policy_v1: {
      x: { spec: { egress: [{ to: [{ ip_block: { cidr: '0.0.0.0/0' } }] }] } },
    },
  },
  'releases are exact and all or nothing': { helm_release: { x: { version: '1.2.3', atomic: true } } },
};

test.each(policies.map((policy) => [policy.name, policy] as const))(
  '%s: a breach is found',
  (name, policy) => {
    const stack = { resource: breaches[name] ?? {}, provider: { aws: [{}] }, output: {}, terraform: {} };
    expect(policy.faults(stack as StackJson)).not.toEqual([]);
  },
);

test('a container that keeps to the policies of machines breaks none', () => {
  const stack = { resource: onMachine({}), provider: {}, output: {}, terraform: {} };
  expect(policies.flatMap((policy) => policy.faults(stack as StackJson))).toEqual([]);
});
