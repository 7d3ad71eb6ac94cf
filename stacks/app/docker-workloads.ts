import { Construct } from 'constructs';
import type { AppSpecV1 } from './spec.js';
import { DockerWorkload, type DockerWorkloadProps } from './docker-workload.js';

type WorkloadSpec = AppSpecV1['workloads'][number];

export interface DockerWorkloadsProps extends Omit<DockerWorkloadProps, 'workload' | 'on'> {
  /** Port of the machine for each workload that serves. */
  readonly ports: ReadonlyMap<string, number>;
}

/** The workloads of the application as containers; each starts when those that it waits for are healthy. */
export class DockerWorkloads extends Construct {
  constructor(scope: Construct, id: string, props: DockerWorkloadsProps) {
    super(scope, id);
    const made = new Map<string, DockerWorkload>();
    for (const workload of inOrder(props.context.spec.workloads)) {
      const on = props.ports.get(workload.name);
      const before = namesWaitedFor(workload).flatMap((name) => made.get(name)?.ready ?? []);
      made.set(
        workload.name,
        new DockerWorkload(this, workload.name, {
          ...props,
          workload,
          ...(on === undefined ? {} : { on }),
          dependsOn: [...props.dependsOn, ...before],
        }),
      );
    }
  }
}

/** Each workload after those that it waits for. The rules of the spec hold that none waits for itself. */
function inOrder(all: readonly WorkloadSpec[]): readonly WorkloadSpec[] {
  const ordered = new Set<WorkloadSpec>();
  const add = (one: WorkloadSpec): void => {
    if (ordered.has(one)) return;
    const before = namesWaitedFor(one);
    all.filter(({ name }) => before.includes(name)).forEach(add);
    ordered.add(one);
  };
  all.forEach(add);
  return [...ordered];
}

function namesWaitedFor({ wait_for: waitFor }: WorkloadSpec): string[] {
  return waitFor.filter((one) => typeof one === 'string');
}
