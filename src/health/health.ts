import type { Health } from '../environment/environment.js';

/** What health needs of a resource in the state. */
export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

interface Check {
  readonly component: string;
  /** Null = healthy; else what is wrong. */
  readonly fault: (values: Readonly<Record<string, unknown>>) => string | null;
}

const mustBe = (field: string, good: readonly string[]) => (values: Readonly<Record<string, unknown>>) =>
  good.includes(String(values[field])) ? null : `${field} is ${String(values[field])}`;
const present = () => null;

const checks: Readonly<Record<string, Check>> = {
  kubernetes_namespace_v1: { component: 'namespace', fault: present },
  kubernetes_stateful_set_v1: { component: 'workloads', fault: present },
  kubernetes_ingress_v1: { component: 'ingress', fault: present },
  docker_container: { component: 'workloads', fault: present },
  helm_release: { component: 'release', fault: mustBe('status', ['deployed']) },
  aws_db_instance: { component: 'database', fault: mustBe('status', ['available']) },
  aws_elasticache_replication_group: {
    component: 'cache',
    fault: mustBe('automatic_failover_enabled', ['true', 'false']),
  },
};

/** Health as the providers reported it in the state right after an apply. An empty state is unhealthy. */
export function healthOf(resources: readonly StateResource[], at: Date): Health {
  const components: Record<string, { status: 'healthy' | 'unhealthy'; message: string }> = {};
  for (const resource of resources) {
    const check = checks[resource.type];
    if (check === undefined) continue;
    const fault = check.fault(resource.values);
    if (fault === null)
      components[check.component] ??= { status: 'healthy', message: `${resource.address} is there` };
    else components[check.component] = { status: 'unhealthy', message: `${resource.address}: ${fault}` };
  }
  const all = Object.values(components);
  const healthy = all.length > 0 && all.every((component) => component.status === 'healthy');
  return { overall: healthy ? 'healthy' : 'unhealthy', checkedAt: at.toISOString(), components };
}
