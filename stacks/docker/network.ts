import { Network as DockerNetwork } from '@cdktf/provider-docker/lib/network/index.js';
import { Construct } from 'constructs';
import { labelsOf } from './labels.js';

export interface NetworkProps {
  /** Unique on the machine. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it has no way out, and nobody outside a way in: no port of its containers can be published. */
  readonly internal: boolean;
}

/** A bridge of its own: only its containers reach each other, by the names they go by there. */
export class Network extends Construct {
  /** The name as a reference: whoever uses it comes after the network. */
  readonly name: string;

  constructor(scope: Construct, id: string, { name, labels, internal }: NetworkProps) {
    super(scope, id);
    const network = new DockerNetwork(this, '$network', {
      name,
      driver: 'bridge',
      internal,
      labels: labelsOf(labels),
    });
    this.name = network.name;
  }
}
