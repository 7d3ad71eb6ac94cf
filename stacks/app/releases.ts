import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { AppContext } from './context.js';
import { Release } from './release.js';
import { releasesInOrder } from './spec-release-rules.js';
import type { Variables } from './variables.js';

export interface ReleasesProps {
  readonly context: AppContext;
  readonly namespace: string;
  readonly variables: Variables;
  readonly serviceAccount: string;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** The Helm releases of the application, each behind those that it comes after. */
export class Releases extends Construct {
  /** Status of each release, by name. */
  readonly statuses: Readonly<Record<string, string>>;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ReleasesProps) {
    super(scope, id);
    const made = new Map<string, Release>();
    for (const release of releasesInOrder(props.context.spec.releases)) {
      const before = release.after.flatMap((name) => made.get(name)?.ready ?? []);
      made.set(
        release.name,
        new Release(this, release.name, {
          context: props.context,
          namespace: props.namespace,
          release,
          variables: props.variables,
          serviceAccount: props.serviceAccount,
          dependsOn: [...props.dependsOn, ...before],
        }),
      );
    }
    this.statuses = Object.fromEntries([...made].map(([name, release]) => [name, release.status]));
    this.ready = [...made.values()].flatMap((release) => release.ready);
  }
}
