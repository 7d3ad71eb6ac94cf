import { EksAddon } from '@cdktf/provider-aws/lib/eks-addon/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

export interface AddonProps {
  readonly clusterName: string;
  /** Such as `vpc-cni`. */
  readonly addon: string;
  /** Role of the addon's service account. @default - it needs none */
  readonly roleArn?: string;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** An addon that EKS keeps, in the version that goes with the cluster's. */
export class Addon extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { clusterName, addon, roleArn, dependsOn }: AddonProps) {
    super(scope, id);
    const made = new EksAddon(this, '$addon', {
      clusterName,
      addonName: addon,
      ...(roleArn ? { serviceAccountRoleArn: roleArn } : {}),
      resolveConflictsOnCreate: 'OVERWRITE',
      resolveConflictsOnUpdate: 'OVERWRITE',
      dependsOn: [...dependsOn],
    });
    this.ready = [made];
  }
}
