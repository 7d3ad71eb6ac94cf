import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { FeaturePod } from '../../src/sizing/sizing-table.js';
import type { PodSize } from '../../src/sizing/sizing.js';
import { commonLabels, componentLabel } from '../app/context.js';
import { Workload, type WorkloadProps } from '../kubernetes/workload.js';
import { resourcesOf, sizeOf, type IspContext } from './context.js';

type Given =
  'namespace' | 'labels' | 'resources' | 'storage' | 'serviceAccount' | 'replicas' | 'scaling' | 'dependsOn';

export interface ServiceProps extends Omit<WorkloadProps, Given> {
  readonly context: IspContext;
  /** The row of the sizing. */
  readonly pod: FeaturePod;
  /** @default - the whole row */
  readonly size?: PodSize;
  /** Where its volume is mounted. @default - it keeps nothing */
  readonly dataPath?: string;
  /** @default - quota and network policies alone */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** One pod of a service: sized by the customers, with an account of its own that may do nothing, walled in by its label. */
export class Service extends Construct {
  readonly host: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const {
      context,
      pod,
      size = sizeOf(props.context, props.pod),
      dataPath,
      dependsOn = [],
      ...rest
    } = props;
    const { namespace } = context;
    const labels = { ...commonLabels(context.app), [componentLabel]: props.name };
    const account = new ServiceAccountV1(this, '$account', {
      metadata: { name: props.name, namespace, labels },
      automountServiceAccountToken: false,
    });
    const volume = context.sizing.volumes[pod];
    const workload = new Workload(this, '$workload', {
      ...rest,
      namespace,
      labels,
      resources: resourcesOf(size),
      ...(dataPath === undefined || volume === undefined
        ? {}
        : { storage: { path: dataPath, size: volume } }),
      serviceAccount: account.metadata.name,
      priorityClass: context.app.spec.priority_class,
      dependsOn: [...context.walls, ...dependsOn],
    });
    this.host = `${props.name}.${context.app.names.namespace}.svc`;
    this.ready = workload.ready;
  }
}
