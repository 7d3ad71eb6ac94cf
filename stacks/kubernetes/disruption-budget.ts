import { PodDisruptionBudgetV1 } from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1/index.js';
import { Construct } from 'constructs';

export interface DisruptionBudgetProps {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels of the pods that it counts. */
  readonly selector: Readonly<Record<string, string>>;
  /** A number of pods, or a share such as `50%`. */
  readonly minAvailable: string;
}

/** How many pods stay while nodes are drained. */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, props: DisruptionBudgetProps) {
    super(scope, id);
    new PodDisruptionBudgetV1(this, '$budget', {
      metadata: { name: props.name, namespace: props.namespace, labels: { ...props.labels } },
      spec: { minAvailable: props.minAvailable, selector: { matchLabels: { ...props.selector } } },
    });
  }
}
