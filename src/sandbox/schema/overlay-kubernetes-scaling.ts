import { lookUp } from '../values.js';
import { kind } from './kubernetes-kind.js';
import type { TypeOverlay } from './overlay-type.js';

export const scalingOverlays: Readonly<Record<string, TypeOverlay>> = {
  kubernetes_horizontal_pod_autoscaler_v2: kind('kubernetes_horizontal_pod_autoscaler_v2', {
    plural: 'horizontalpodautoscalers.autoscaling',
    overlay: { defaults: { 'spec.min_replicas': 1 } },
    compute: () => ({ 'spec.target_cpu_utilization_percentage': 0 }),
    faultsOf: (value) => {
      const [least, most] = [lookUp(value, 'spec.min_replicas'), lookUp(value, 'spec.max_replicas')];
      return typeof least === 'number' && typeof most === 'number' && most < least
        ? [`spec.maxReplicas: Invalid value: ${most}: must be greater than or equal to \`minReplicas\``]
        : [];
    },
  }),
  kubernetes_pod_disruption_budget_v1: kind('kubernetes_pod_disruption_budget_v1', {
    plural: 'poddisruptionbudgets.policy',
    hasGeneration: true,
    overlay: { forceNew: ['spec'] },
    faultsOf: (value) =>
      lookUp(value, 'spec.min_available') !== undefined && lookUp(value, 'spec.max_unavailable') !== undefined
        ? ['spec: Invalid value: minAvailable and maxUnavailable cannot be both set']
        : [],
  }),
  kubernetes_priority_class_v1: kind('kubernetes_priority_class_v1', {
    plural: 'priorityclasses.scheduling.k8s.io',
    clusterScoped: true,
    overlay: {
      forceNew: ['value', 'preemption_policy'],
      defaults: { description: '', global_default: false, preemption_policy: 'PreemptLowerPriority' },
    },
    faultsOf: ({ value }) =>
      typeof value === 'number' && value > 1_000_000_000
        ? ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000']
        : [],
  }),
};
