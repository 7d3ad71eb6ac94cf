import type { DeploymentV1SpecTemplateSpec } from '@cdktf/provider-kubernetes/lib/deployment-v1/index.js';
import { containerEnv, type ContainerEnvProps } from './container-env.js';
import { probesOf, type HealthCheck } from './probes.js';
import { containerSecurity, podSecurity, type ContainerSecurityProps } from './security.js';
import { volumesOf, type VolumeProps } from './volumes.js';
import { waitContainer, type Dependency } from './wait-for.js';

export interface PodPort {
  readonly name: string;
  readonly port: number;
  /** @default TCP */
  readonly protocol?: 'TCP' | 'UDP';
}

/** Kubernetes quantities; limits keep a pod from taking what others were promised. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

export interface PodProps extends ContainerEnvProps, ContainerSecurityProps, VolumeProps {
  /** Name of the container. */
  readonly name: string;
  readonly image: string;
  readonly resources: Resources;
  /** Replaces the entry point of the image. @default - the image's own */
  readonly command?: readonly string[];
  /** @default - the image's own */
  readonly args?: readonly string[];
  /** @default - none */
  readonly ports?: readonly PodPort[];
  /** @default - the container is healthy while it runs */
  readonly health?: HealthCheck;
  /** How long the container may take to start before it is started anew. @default 120 */
  readonly startPeriodSeconds?: number;
  /** User and group, by number, and group of the volumes. @default - the user of the image, which must not be root */
  readonly userId?: string;
  /** @default - the default account of the namespace */
  readonly serviceAccount?: string;
  /** Whether the pod gets a token for the Kubernetes API. @default false */
  readonly apiToken?: boolean;
  /** @default - the cluster's default */
  readonly priorityClass?: string;
  /** Servers that have to take connections first. @default - none */
  readonly waitFor?: readonly Dependency[];
}

/** A pod of one container within Pod Security `restricted`: no root, no capabilities, no token, requests and limits set. */
export function podOf(props: PodProps) {
  const { name, ports = [], waitFor = [], health } = props;
  const { volume, volumeMount } = volumesOf(props);
  return {
    automountServiceAccountToken: props.apiToken ?? false,
    enableServiceLinks: false,
    ...(props.serviceAccount === undefined ? {} : { serviceAccountName: props.serviceAccount }),
    ...(props.priorityClass === undefined ? {} : { priorityClassName: props.priorityClass }),
    terminationGracePeriodSeconds: 30,
    securityContext: podSecurity(props.userId),
    ...(waitFor.length > 0 ? { initContainer: waitFor.map(waitContainer) } : {}),
    container: [
      {
        name,
        image: props.image,
        ...(props.command === undefined ? {} : { command: [...props.command] }),
        ...(props.args === undefined ? {} : { args: [...props.args] }),
        ...(ports.length > 0 ? { port: ports.map(portOf) } : {}),
        ...containerEnv(props),
        resources: {
          requests: { ...props.resources.requests },
          limits: { ...props.resources.limits },
        },
        securityContext: containerSecurity(props),
        ...(health === undefined ? {} : probesOf(health, props.startPeriodSeconds ?? 120)),
        ...(volumeMount.length > 0 ? { volumeMount } : {}),
      },
    ],
    ...(volume.length > 0 ? { volume } : {}),
  } satisfies DeploymentV1SpecTemplateSpec;
}

function portOf({ name, port, protocol = 'TCP' }: PodPort) {
  return { name, containerPort: port, protocol };
}
