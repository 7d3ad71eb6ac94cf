import { ServiceV1 } from '@cdktf/provider-kubernetes/lib/service-v1/index.js';
import { StatefulSetV1 } from '@cdktf/provider-kubernetes/lib/stateful-set-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { commonLabels, componentLabel, type AppContext } from './context.js';

export interface DataServiceProps {
  readonly context: AppContext;
  readonly namespace: string;
  /** Name of the service, the pod label and the container. */
  readonly component: string;
  readonly image: string;
  readonly port: number;
  /** User and group of the image; never root. */
  readonly userId: string;
  readonly cpu: string;
  readonly memory: string;
  readonly dataPath: string;
  /** Name of the volume claim of the data. @default - data is kept on the node only and lost with the pod */
  readonly claimName?: string;
  /** Writable folders besides the data, emptied with the pod. @default - none */
  readonly scratchPaths?: readonly string[];
  /** @default - the image's own */
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Variables that take the password, and the secret (key `password`) that holds it. */
  readonly passwordVariables: readonly string[];
  readonly secretName: string;
  /** Command that exits 0 once the server answers. */
  readonly probe: readonly string[];
  readonly dependsOn: readonly ITerraformDependable[];
}

/** One server with a stable name in the cluster, within Pod Security `restricted`: a headless service and a stateful set of one. */
export class DataService extends Construct {
  readonly host: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: DataServiceProps) {
    super(scope, id);
    const { context, namespace, component, port } = props;
    const selector = { [componentLabel]: component };
    const labels = { ...commonLabels(context), ...selector };
    const service = new ServiceV1(this, '$service', {
      metadata: { name: component, namespace, labels },
      spec: {
        clusterIp: 'None',
        selector,
        port: [{ name: component, port, targetPort: String(port), protocol: 'TCP' }],
      },
    });
    const probe = { exec: { command: [...props.probe] }, periodSeconds: 10, timeoutSeconds: 5 };
    const mounts = mountsOf(props);
    const set = new StatefulSetV1(this, '$stateful-set', {
      metadata: { name: component, namespace, labels },
      dependsOn: [...props.dependsOn],
      spec: {
        serviceName: component,
        replicas: '1',
        selector: { matchLabels: selector },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: 60,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: props.userId,
              runAsGroup: props.userId,
              fsGroup: props.userId,
              seccompProfile: { type: 'RuntimeDefault' },
            },
            container: [
              {
                name: component,
                image: props.image,
                ...(props.args ? { args: [...props.args] } : {}),
                port: [{ name: component, containerPort: port, protocol: 'TCP' }],
                env: [
                  ...Object.entries(props.env).map(([name, value]) => ({ name, value })),
                  ...props.passwordVariables.map((name) => ({
                    name,
                    valueFrom: { secretKeyRef: { name: props.secretName, key: 'password' } },
                  })),
                ],
                resources: {
                  requests: { cpu: props.cpu, memory: props.memory },
                  limits: { cpu: props.cpu, memory: props.memory },
                },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ['ALL'] },
                },
                startupProbe: { ...probe, failureThreshold: 12 },
                readinessProbe: probe,
                livenessProbe: { ...probe, failureThreshold: 6 },
                volumeMount: mounts.map(({ name, path }) => ({ name, mountPath: path })),
              },
            ],
            volume: mounts.map(({ name, claimName }) =>
              claimName === undefined
                ? { name, emptyDir: {} }
                : { name, persistentVolumeClaim: { claimName } },
            ),
          },
        },
      },
    });
    this.host = `${component}.${context.names.namespace}.svc`;
    this.ready = [service, set];
  }
}

interface Mount {
  readonly name: string;
  readonly path: string;
  readonly claimName?: string | undefined;
}

function mountsOf({ dataPath, claimName, scratchPaths = [] }: DataServiceProps): readonly Mount[] {
  return [
    { name: 'data', path: dataPath, claimName },
    ...scratchPaths.map((path, index) => ({ name: `scratch-${index}`, path })),
  ];
}
