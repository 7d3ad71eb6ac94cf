import { LimitRangeV1 } from '@cdktf/provider-kubernetes/lib/limit-range-v1/index.js';
import { ResourceQuotaV1 } from '@cdktf/provider-kubernetes/lib/resource-quota-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { commonLabels, type AppContext } from './context.js';

export interface QuotaProps {
  readonly context: AppContext;
  readonly namespace: string;
}

/** What all pods together may use, and what a container gets that names nothing itself. */
export class Quota extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, namespace }: QuotaProps) {
    super(scope, id);
    const { quota, limits, priority_class: priorityClass } = context.spec;
    const metadata = { namespace, labels: commonLabels(context) };
    const resourceQuota = new ResourceQuotaV1(this, '$quota', {
      metadata: { ...metadata, name: 'environment' },
      spec: {
        hard: {
          'requests.cpu': quota.cpu,
          'limits.cpu': quota.cpu,
          'requests.memory': quota.memory,
          'limits.memory': quota.memory,
          'requests.storage': quota.storage,
          pods: String(quota.pods),
          services: String(quota.services),
          'services.loadbalancers': String(quota.load_balancers),
          // A load balancer takes a node port for each of its ports; ours have two at most.
          'services.nodeports': String(quota.load_balancers * 2),
          persistentvolumeclaims: String(quota.volume_claims),
        },
      },
    });
    const priority =
      priorityClass === undefined
        ? []
        : [
            // Where a cluster lets only those use a class that have a quota for it.
            new ResourceQuotaV1(this, 'priority', {
              metadata: { ...metadata, name: 'priority' },
              spec: {
                hard: { 'limits.cpu': quota.cpu, 'limits.memory': quota.memory, pods: String(quota.pods) },
                scopeSelector: {
                  matchExpression: [{ scopeName: 'PriorityClass', operator: 'In', values: [priorityClass] }],
                },
              },
            }),
          ];
    const limitRange = new LimitRangeV1(this, '$limits', {
      metadata: { ...metadata, name: 'containers' },
      spec: {
        limit: [
          {
            type: 'Container',
            default: { cpu: limits.cpu, memory: limits.memory },
            defaultRequest: { cpu: limits.cpu_request, memory: limits.memory_request },
          },
        ],
      },
    });
    this.ready = [resourceQuota, limitRange, ...priority];
  }
}
