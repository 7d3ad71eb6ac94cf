import { Container as DockerContainer } from '@cdktf/provider-docker/lib/container/index.js';
import { Image } from '@cdktf/provider-docker/lib/image/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { containerFields, type ContainerFieldsProps } from './container-fields.js';

export interface OneOffContainerProps extends ContainerFieldsProps {
  /** Pinned by a tag or a digest; it stays on the machine when the container goes. */
  readonly image: string;
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A container that runs to its end before whatever depends on it, and again when anything about it changes. It has to exit with 0;
 *  what it wrote stays in `docker logs`, never in the state. */
export class OneOffContainer extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: OneOffContainerProps) {
    super(scope, id);
    const image = new Image(this, '$image', { name: props.image, keepLocally: true });
    const container = new DockerContainer(this, '$container', {
      ...containerFields(props),
      image: image.imageId,
      restart: 'no',
      attach: true,
      mustRun: false,
      healthcheck: { test: ['NONE'] },
      lifecycle: {
        postcondition: [
          {
            condition: '${self.exit_code == 0}',
            errorMessage: `${props.name} exited with \${self.exit_code}: read it with docker logs ${props.name}`,
          },
        ],
      },
      ...(props.dependsOn ? { dependsOn: [...props.dependsOn] } : {}),
    });
    this.ready = [container];
  }
}
