import { Container as DockerContainer } from '@cdktf/provider-docker/lib/container/index.js';
import { Image } from '@cdktf/provider-docker/lib/image/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { HealthCheck } from '../kubernetes/probes.js';
import { containerFields, type ContainerFieldsProps } from './container-fields.js';
import { healthOf } from './health.js';

export interface ContainerProps extends ContainerFieldsProps {
  /** Pinned by a tag or a digest; it stays on the machine when the container goes. */
  readonly image: string;
  /** Port of the container, and the port of the machine's loopback address that leads to it. @default - reached from its networks alone */
  readonly publish?: { readonly port: number; readonly on: number };
  /** @default - the container is healthy while it runs */
  readonly health?: HealthCheck;
  /** How long the container may take to start before failures count. @default 120 */
  readonly startPeriodSeconds?: number;
  /** How long it gets to end by itself. @default 30 */
  readonly stopSeconds?: number;
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A container that is kept running. It is waited for until it is healthy; one that does not become so fails. */
export class Container extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ContainerProps) {
    super(scope, id);
    const { publish, health, startPeriodSeconds = 120 } = props;
    const image = new Image(this, '$image', { name: props.image, keepLocally: true });
    const container = new DockerContainer(this, '$container', {
      ...containerFields(props),
      image: image.imageId,
      restart: 'unless-stopped',
      destroyGraceSeconds: props.stopSeconds ?? 30,
      ...(publish === undefined
        ? {}
        : { ports: [{ internal: publish.port, external: publish.on, ip: '127.0.0.1', protocol: 'tcp' }] }),
      ...(health === undefined
        ? { healthcheck: { test: ['NONE'] } }
        : {
            healthcheck: healthOf(health, startPeriodSeconds),
            wait: true,
            // Six failures after the start period end the wait from Docker's side.
            waitTimeout: startPeriodSeconds + 60,
          }),
      ...(props.dependsOn ? { dependsOn: [...props.dependsOn] } : {}),
    });
    this.ready = [container];
  }
}
