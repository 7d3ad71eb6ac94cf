import type { Rendered } from './helm.js';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly envFrom?: readonly unknown[];
  readonly env?: readonly { readonly name: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources?: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly volumeMounts?: readonly { readonly name: string }[];
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export interface Pod {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly Readonly<Record<string, unknown>>[];
    readonly securityContext?: Readonly<Record<string, unknown>>;
  };
}

/** The pod that a Deployment or Job makes. */
export function podOf(object: Rendered): Pod {
  const { template } = object.spec as {
    template: { metadata: { labels: Pod['labels'] }; spec: Pod['spec'] };
  };
  return { labels: template.metadata.labels, spec: template.spec };
}

export const containersOf = ({ spec }: Pod) => [...(spec.initContainers ?? []), ...spec.containers];

/** What the Pod Security level `restricted` of the namespace refuses, and what our own rules add: a root file system that is only
 *  read, no token of the cluster, requests and limits, images that stay the same, mounts that exist. */
export function podFaults(pod: Pod): string[] {
  const { spec } = pod;
  const faults: string[] = [];
  const must = (holds: boolean, message: string) => void (holds || faults.push(message));
  const security = spec.securityContext ?? {};
  must(security.runAsNonRoot === true, 'runs as root');
  must(Number(security.runAsUser) > 0, 'names no user');
  must(
    (security.seccompProfile as { type?: string } | undefined)?.type === 'RuntimeDefault',
    'has no seccomp profile',
  );
  must(spec.automountServiceAccountToken === false, 'gets a token of the cluster');
  must(spec.enableServiceLinks === false, 'gets the services of the namespace as variables');
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) must(spec[key] !== true, `has ${key}`);
  const allowed =
    /^(name|configMap|csi|downwardAPI|emptyDir|ephemeral|persistentVolumeClaim|projected|secret)$/;
  for (const volume of spec.volumes ?? [])
    for (const key of Object.keys(volume)) must(allowed.test(key), `has a volume of type ${key}`);
  const volumes = (spec.volumes ?? []).map((volume) => volume.name);
  for (const { name, image, resources, securityContext = {}, volumeMounts = [] } of containersOf(pod)) {
    must(securityContext.allowPrivilegeEscalation === false, `${name} may gain privileges`);
    must(securityContext.privileged !== true, `${name} is privileged`);
    must(securityContext.readOnlyRootFilesystem === true, `${name} may write its root file system`);
    must(JSON.stringify(securityContext.capabilities) === '{"drop":["ALL"]}', `${name} has capabilities`);
    for (const kind of ['requests', 'limits'] as const)
      for (const unit of ['cpu', 'memory'])
        must(resources?.[kind]?.[unit] !== undefined, `${name} has no ${kind} of ${unit}`);
    must(
      /^[a-z0-9.-]+\.[a-z]+\/[a-z0-9./-]+(:[\w.-]*\d[\w.-]*|@sha256:[0-9a-f]{64})$/.test(image),
      `${name} runs ${image}`,
    );
    for (const mount of volumeMounts)
      must(volumes.includes(mount.name), `${name} mounts ${mount.name}, which is no volume`);
  }
  return faults;
}
