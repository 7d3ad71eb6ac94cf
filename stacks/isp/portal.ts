import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { sha256 } from '../../src/lib/hash.js';
import { commonLabels } from '../app/context.js';
import { Workload } from '../kubernetes/workload.js';
import { resourcesOf, sizeOf, type IspContext } from './context.js';

export interface PortalProps {
  readonly context: IspContext;
  readonly part: 'frontend' | 'backend';
  readonly configMap: string;
  /** The Secret with addresses and passwords. @default - the part gets none */
  readonly secret?: string;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** A part of the application: pods by the number of customers, behind a service of the part's name. */
export class Portal extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, part, configMap, secret, dependsOn }: PortalProps) {
    super(scope, id);
    const { image, command, port, health_path: healthPath } = context.spec[part];
    const size = sizeOf(context, part);
    const workload = new Workload(this, '$workload', {
      namespace: context.namespace,
      name: part,
      labels: commonLabels(context.app),
      // A ConfigMap does not restart its readers by itself.
      podAnnotations: {
        'terrace.dev/variables': sha256(canonicalJson(context.app.spec.variables)).slice(0, 16),
      },
      image,
      ...(command === undefined ? {} : { command }),
      ports: [{ name: 'http', port }],
      health: { kind: 'http', path: healthPath, port },
      resources: resourcesOf(size),
      replicas: size.replicas,
      ...(size.replicas > 1 ? { minAvailable: '50%' } : {}),
      spread: size.replicas > 1 ? 'zone' : 'node',
      configMaps: [configMap],
      ...(secret === undefined ? {} : { secrets: [secret] }),
      env: { PORT: String(port) },
      scratchPaths: ['/tmp'],
      serviceAccount: 'app',
      priorityClass: context.app.spec.priority_class,
      dependsOn,
    });
    this.ready = workload.ready;
  }
}
