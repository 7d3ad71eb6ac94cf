/** What the state says of each resource: what the provider reported at the end of the apply. Pure. */
import type { Finding } from './health.js';

/** What health needs of a resource in the state. */
export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

type Values = StateResource['values'];

interface Check {
  readonly component: string | ((values: Values) => string);
  /** Null = healthy; else what is wrong. */
  readonly fault: (values: Values) => string | null;
}

const mustBe = (field: string, good: readonly string[]) => (values: Values) =>
  good.includes(String(values[field])) ? null : `${field} is ${String(values[field])}`;
const present = () => null;
const workload: Check = { component: workloadComponent, fault: present };

const checks: Readonly<Record<string, Check>> = {
  kubernetes_namespace_v1: { component: 'namespace', fault: present },
  kubernetes_deployment_v1: workload,
  kubernetes_stateful_set_v1: workload,
  kubernetes_daemon_set_v1: workload,
  kubernetes_ingress_v1: { component: 'ingress', fault: present },
  kubernetes_resource_quota_v1: { component: 'quota', fault: present },
  docker_container: workload,
  helm_release: { component: 'release', fault: mustBe('status', ['deployed']) },
  aws_db_instance: { component: 'database', fault: mustBe('status', ['available']) },
  aws_eks_cluster: { component: 'cluster', fault: mustBe('status', ['ACTIVE']) },
  aws_eks_node_group: { component: 'cluster', fault: mustBe('status', ['ACTIVE']) },
  aws_elasticache_replication_group: {
    component: 'cache',
    fault: mustBe('automatic_failover_enabled', ['true', 'false']),
  },
  aws_elasticache_serverless_cache: { component: 'cache', fault: present },
  postgresql_database: { component: 'database', fault: present },
  postgresql_schema: { component: 'database', fault: present },
};

/** Finds what can be told of a resource; null for a type that says nothing of health. */
export function stateFinding({ address, type, values }: StateResource): Finding | null {
  const check = checks[type];
  if (check === undefined) return null;
  const { component: named } = check;
  const component = typeof named === 'string' ? named : named(values);
  const fault = check.fault(values);
  return fault === null
    ? { component, status: 'healthy', message: `${address} is there` }
    : { component, status: 'unhealthy', message: `${address}: ${fault}` };
}

export function stateFindings(resources: readonly StateResource[]): Finding[] {
  return resources.flatMap((resource) => stateFinding(resource) ?? []);
}

const dataComponents = ['database', 'cache'];

/** Workloads of these names are data services; every other one is the application's. */
export function workloadComponent(values: Values): string {
  const name = metadataOf(values)['name'];
  return componentOfWorkload(typeof name === 'string' ? name : '');
}

export function componentOfWorkload(name: string): string {
  return dataComponents.includes(name) ? name : 'workloads';
}

/** The `metadata` block of a Kubernetes resource as a state has it. */
export function metadataOf(values: Values): Values {
  const blocks = values['metadata'];
  const first: unknown = Array.isArray(blocks) ? blocks[0] : blocks;
  return first !== null && typeof first === 'object' ? (first as Values) : {};
}
