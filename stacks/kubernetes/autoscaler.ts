import { HorizontalPodAutoscalerV2 } from '@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

/** How many pods a Deployment may have, by the CPU they use in percent of what they request. */
export interface Scaling {
  readonly min: number;
  readonly max: number;
  readonly cpuPercent: number;
}

export interface AutoscalerProps {
  readonly namespace: string;
  /** Name of the Deployment, and of the autoscaler. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly scaling: Scaling;
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A HorizontalPodAutoscaler of a Deployment: up at once, down after five quiet minutes. */
export class Autoscaler extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalerProps) {
    super(scope, id);
    const { namespace, name, labels, scaling } = props;
    new HorizontalPodAutoscalerV2(this, '$autoscaler', {
      metadata: { name, namespace, labels: { ...labels } },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: scaling.min,
        maxReplicas: scaling.max,
        metric: [
          {
            type: 'Resource',
            resource: {
              name: 'cpu',
              target: { type: 'Utilization', averageUtilization: scaling.cpuPercent },
            },
          },
        ],
      },
      ...(props.dependsOn ? { dependsOn: [...props.dependsOn] } : {}),
    });
  }
}
