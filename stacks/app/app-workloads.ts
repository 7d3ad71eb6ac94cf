import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { HealthCheck } from '../kubernetes/probes.js';
import type { Dependency } from '../kubernetes/wait-for.js';
import { Workload } from '../kubernetes/workload.js';
import { appPod, type AppPodProps } from './app-pod.js';
import { commonLabels } from './context.js';
import type { AppSpecV1 } from './spec.js';

type WorkloadSpec = AppSpecV1['workloads'][number];

export interface AppWorkloadsProps extends AppPodProps {
  readonly namespace: string;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** The workloads of the application, each with the environment's variables; started anew when those change. */
export class AppWorkloads extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: AppWorkloadsProps) {
    super(scope, id);
    const { context, namespace, variables, dependsOn } = props;
    this.ready = context.spec.workloads.flatMap((one) => {
      const pod = appPod(props, one);
      const { autoscaling, disruption, storage } = one;
      const workload = new Workload(this, one.name, {
        ...pod,
        namespace,
        name: one.name,
        labels: commonLabels(context),
        podAnnotations: { 'terrace.dev/variables': variables.checksum },
        ports: one.port === undefined ? [] : [{ name: 'http', port: one.port }],
        health: healthOf(one),
        startPeriodSeconds: one.start_period_seconds,
        replicas: one.replicas,
        scaling: autoscaling && {
          min: autoscaling.min,
          max: autoscaling.max,
          cpuPercent: autoscaling.cpu_percent,
        },
        minAvailable: disruption && String(disruption.min_available),
        spread: one.spread,
        storage: storage && { path: storage.path, size: storage.size, storageClass: storage.storage_class },
        waitFor: [...pod.waitFor, ...ownDependencies(one, context.spec.workloads)],
        dependsOn,
      });
      return workload.ready;
    });
  }
}

/** How a workload is asked whether it serves; undefined when it names nothing and has no port. */
export function healthOf({ health, port }: WorkloadSpec): HealthCheck | undefined {
  if (health.command !== undefined) return { kind: 'command', command: health.command };
  if (port === undefined) return undefined;
  return health.path === undefined ? { kind: 'tcp', port } : { kind: 'http', path: health.path, port };
}

function ownDependencies({ wait_for: waitFor }: WorkloadSpec, all: readonly WorkloadSpec[]): Dependency[] {
  return waitFor.flatMap((one) => {
    if (typeof one !== 'string') return [one];
    const port = all.find(({ name }) => name === one)?.port;
    return port === undefined ? [] : [{ name: one, host: one, port }];
  });
}
