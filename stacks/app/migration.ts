import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { OneOffJob } from '../kubernetes/one-off-job.js';
import { appPod, type AppPodProps } from './app-pod.js';
import { commonLabels } from './context.js';
import type { AppSpecV1 } from './spec.js';

export interface MigrationProps extends AppPodProps {
  readonly namespace: string;
  readonly migration: NonNullable<AppSpecV1['migration']>;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** The job that brings the database to what the application's version expects: before releases and workloads, again when its spec changes. */
export class Migration extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: MigrationProps) {
    super(scope, id);
    const { context, namespace, migration, dependsOn } = props;
    const job = new OneOffJob(this, '$job', {
      ...appPod(props, migration),
      namespace,
      name: 'migration',
      labels: commonLabels(context),
      definition: migration,
      timeoutSeconds: migration.timeout_seconds,
      dependsOn,
    });
    this.ready = job.ready;
  }
}
