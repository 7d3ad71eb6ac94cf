import { DeploymentV1 } from '@cdktf/provider-kubernetes/lib/deployment-v1/index.js';
import { ServiceV1 } from '@cdktf/provider-kubernetes/lib/service-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Autoscaler, type Scaling } from './autoscaler.js';
import { DisruptionBudget } from './disruption-budget.js';
import { podOf, type PodProps } from './pod.js';
import { spreadOf, type Spread } from './spread.js';
import { VolumeClaim } from './volume-claim.js';

export interface WorkloadProps extends Omit<PodProps, 'claim'> {
  readonly namespace: string;
  /** Name of the Deployment, of its Service and of all that goes with them; it never changes. */
  readonly name: string;
  /** Labels of every object and of the pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations of the pods; a change of one starts them anew. @default - none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Number of pods; of no effect with `scaling`. @default 1 */
  readonly replicas?: number;
  /** @default - always `replicas` */
  readonly scaling?: Scaling;
  /** Pods that stay while nodes are drained: a number or a share such as `50%`. @default - no promise */
  readonly minAvailable?: string;
  /** @default node */
  readonly spread?: Spread;
  /** A volume of one pod: allows one replica, which stops before the next starts. @default - none */
  readonly storage?: WorkloadStorage;
  /** A load balancer, for what no ingress carries (UDP); the quota of the namespace has to allow it. @default - inside the cluster only */
  readonly loadBalancer?: WorkloadLoadBalancer;
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

export interface WorkloadStorage {
  readonly path: string;
  /** Quantity such as `10Gi`. */
  readonly size: string;
  /** @default - the cluster's default class */
  readonly storageClass?: string;
}

export interface WorkloadLoadBalancer {
  /** Address ranges that may connect. */
  readonly sourceRanges: readonly string[];
  /** @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Time for images to arrive and nodes to come, besides the start itself. */
const rolloutSlackS = 300;

/** A Deployment within Pod Security `restricted`, with a Service (when it has ports) and what keeps it up: probes, spread, scaling,
 *  disruption budget. The rollout is waited for; one that makes no progress fails. */
export class Workload extends Construct {
  /** Host name of the Service within the cluster; undefined without ports. */
  readonly host: string | undefined;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id);
    const { namespace, name, ports = [], storage, scaling } = props;
    const selector = { 'app.kubernetes.io/name': name };
    const labels = { ...props.labels, ...selector };
    const metadata = { name, namespace, labels };
    const claim =
      storage &&
      new VolumeClaim(this, '$storage', { ...metadata, ...storage, ...depending(props.dependsOn) });
    const pod = podOf({
      ...props,
      ...(storage && claim ? { claim: { name: claim.claimName, path: storage.path } } : {}),
    });
    const deployment = new DeploymentV1(this, '$deployment', {
      metadata,
      waitForRollout: true,
      ...depending(props.dependsOn),
      spec: {
        // Left to the autoscaler where there is one.
        ...(scaling ? {} : { replicas: String(props.replicas ?? 1) }),
        progressDeadlineSeconds: (props.startPeriodSeconds ?? 120) + rolloutSlackS,
        revisionHistoryLimit: 5,
        selector: { matchLabels: selector },
        strategy: storage
          ? { type: 'Recreate' }
          : { type: 'RollingUpdate', rollingUpdate: { maxSurge: '1', maxUnavailable: '0' } },
        template: {
          metadata: { labels, ...(props.podAnnotations ? { annotations: { ...props.podAnnotations } } : {}) },
          spec: { ...pod, topologySpreadConstraint: spreadOf(props.spread ?? 'node', selector) },
        },
      },
    });
    const service = ports.length > 0 ? this.service(props, metadata, selector) : undefined;
    if (scaling) new Autoscaler(this, '$scaling', { ...metadata, scaling, dependsOn: [deployment] });
    if (props.minAvailable !== undefined)
      new DisruptionBudget(this, '$disruption', { ...metadata, selector, minAvailable: props.minAvailable });
    this.host = service && `${name}.${namespace}.svc`;
    this.ready = [deployment, ...(service ? [service] : [])];
  }

  private service(
    { ports = [], loadBalancer }: WorkloadProps,
    metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> },
    selector: Record<string, string>,
  ): ServiceV1 {
    return new ServiceV1(this, '$service', {
      metadata: {
        ...metadata,
        ...(loadBalancer?.annotations ? { annotations: { ...loadBalancer.annotations } } : {}),
      },
      spec: {
        ...(loadBalancer
          ? {
              type: 'LoadBalancer',
              loadBalancerSourceRanges: [...loadBalancer.sourceRanges],
              // Pods and network policies see the caller's own address.
              externalTrafficPolicy: 'Local',
            }
          : { type: 'ClusterIP' }),
        selector,
        port: ports.map((one) => ({
          name: one.name,
          port: one.port,
          targetPort: one.name,
          protocol: one.protocol ?? 'TCP',
        })),
      },
    });
  }
}

function depending(on: readonly ITerraformDependable[] | undefined) {
  return on ? { dependsOn: [...on] } : {};
}
