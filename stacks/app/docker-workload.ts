import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Container } from '../docker/container.js';
import { Volume } from '../docker/volume.js';
import { healthOf } from './app-workloads.js';
import type { AppContext } from './context.js';
import { machineLabels, machineName } from './docker-names.js';
import { dockerPod } from './docker-pod.js';
import type { AppSpecV1 } from './spec.js';

export interface DockerWorkloadProps {
  readonly context: AppContext;
  readonly workload: AppSpecV1['workloads'][number];
  readonly networks: readonly string[];
  /** The environment's variables, those with passwords among them. */
  readonly env: Readonly<Record<string, string>>;
  /** Port of the machine. @default - it serves nothing */
  readonly on?: number;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** One workload of the application as a container. */
export class DockerWorkload extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: DockerWorkloadProps) {
    super(scope, id);
    const { context, workload, on } = props;
    const { name, port, storage } = workload;
    const labels = machineLabels(context, name);
    const volume = storage && new Volume(this, '$storage', { name: machineName(context, name), labels });
    const health = context.spec.docker.unchecked.includes(name) ? undefined : healthOf(workload);
    const container = new Container(this, '$container', {
      ...dockerPod(workload, props.env),
      name: machineName(context, name),
      labels,
      networks: props.networks,
      aliases: [name],
      ...(storage && volume ? { volumes: [{ name: volume.name, path: storage.path }] } : {}),
      ...(port !== undefined && on !== undefined ? { publish: { port, on } } : {}),
      ...(health ? { health } : {}),
      startPeriodSeconds: workload.start_period_seconds,
      dependsOn: props.dependsOn,
    });
    this.ready = container.ready;
  }
}
