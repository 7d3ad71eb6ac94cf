import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Autoscaler } from '../kubernetes/autoscaler.js';
import { DisruptionBudget } from '../kubernetes/disruption-budget.js';
import { commonLabels, type AppContext } from './context.js';

export interface ReleaseScalingProps {
  readonly context: AppContext;
  readonly namespace: string;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Autoscalers and disruption budgets of Deployments that charts make, by the Deployments' names. */
export class ReleaseScaling extends Construct {
  constructor(scope: Construct, id: string, { context, namespace, dependsOn }: ReleaseScalingProps) {
    super(scope, id);
    for (const { name: release, scaling } of context.spec.releases)
      for (const { deployment, autoscaling, disruption } of scaling) {
        const group = new Construct(this, deployment);
        const common = { namespace, name: deployment, labels: commonLabels(context) };
        if (autoscaling) {
          const { min, max, cpu_percent: cpuPercent } = autoscaling;
          new Autoscaler(group, '$scaling', { ...common, scaling: { min, max, cpuPercent }, dependsOn });
        }
        if (disruption)
          new DisruptionBudget(group, '$disruption', {
            ...common,
            selector: disruption.pod_labels ?? { 'app.kubernetes.io/instance': release },
            minAvailable: String(disruption.min_available),
          });
      }
  }
}
