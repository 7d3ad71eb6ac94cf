import { PersistentVolumeClaimV1 } from '@cdktf/provider-kubernetes/lib/persistent-volume-claim-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

export interface VolumeClaimProps {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Quantity such as `10Gi`. It can grow in place where the storage class allows it, never shrink. */
  readonly size: string;
  /** @default - the cluster's default class */
  readonly storageClass?: string;
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Storage for one pod at a time. */
export class VolumeClaim extends Construct {
  /** The claim's name as a reference. */
  readonly claimName: string;

  constructor(scope: Construct, id: string, props: VolumeClaimProps) {
    super(scope, id);
    const claim = new PersistentVolumeClaimV1(this, '$claim', {
      metadata: { name: props.name, namespace: props.namespace, labels: { ...props.labels } },
      // Many storage classes bind a claim only when its first pod is scheduled: waiting here would never end.
      waitUntilBound: false,
      spec: {
        accessModes: ['ReadWriteOnce'],
        ...(props.storageClass === undefined ? {} : { storageClassName: props.storageClass }),
        resources: { requests: { storage: props.size } },
      },
      ...(props.dependsOn ? { dependsOn: [...props.dependsOn] } : {}),
    });
    this.claimName = claim.metadata.name;
  }
}
