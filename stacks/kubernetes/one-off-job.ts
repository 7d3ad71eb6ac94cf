import { JobV1 } from '@cdktf/provider-kubernetes/lib/job-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { sha256 } from '../../src/lib/hash.js';
import { podOf, type PodProps } from './pod.js';

export interface OneOffJobProps extends Omit<PodProps, 'ports' | 'health' | 'startPeriodSeconds'> {
  readonly namespace: string;
  /** At most 50 characters; eight more tell one definition from the next. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What it is about, besides image, command and arguments: a change of it runs the job again. @default - nothing */
  readonly definition?: unknown;
  /** How long all attempts together may take. */
  readonly timeoutSeconds: number;
  /** Attempts after the first. @default 2 */
  readonly retries?: number;
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A Job that runs to its end before whatever depends on it, and again when its definition changes. */
export class OneOffJob extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: OneOffJobProps) {
    super(scope, id);
    const { image, command, args, definition } = props;
    const digest = sha256(canonicalJson({ image, command, args, definition })).slice(0, 8);
    const labels = { ...props.labels, 'app.kubernetes.io/name': props.name };
    const job = new JobV1(this, '$job', {
      metadata: { name: `${props.name}-${digest}`, namespace: props.namespace, labels },
      waitForCompletion: true,
      // Terraform waits a little longer than Kubernetes, so that it is Kubernetes that tells the reason.
      timeouts: { create: `${props.timeoutSeconds + 60}s`, update: `${props.timeoutSeconds + 60}s` },
      ...(props.dependsOn ? { dependsOn: [...props.dependsOn] } : {}),
      spec: {
        activeDeadlineSeconds: props.timeoutSeconds,
        backoffLimit: props.retries ?? 2,
        template: { metadata: { labels }, spec: { ...podOf(props), restartPolicy: 'Never' } },
      },
    });
    this.ready = [job];
  }
}
