import { Volume as DockerVolume } from '@cdktf/provider-docker/lib/volume/index.js';
import { Construct } from 'constructs';
import { labelsOf } from './labels.js';

export interface VolumeProps {
  /** Unique on the machine, and never changed: another name is another volume. */
  readonly name: string;
  /** As they were when the volume was made: Docker can change none without a new volume. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Storage on the machine that outlives its containers. Docker holds it to no size. */
export class Volume extends Construct {
  /** The name as a reference. */
  readonly name: string;

  constructor(scope: Construct, id: string, { name, labels }: VolumeProps) {
    super(scope, id);
    const volume = new DockerVolume(this, '$volume', {
      name,
      labels: labelsOf(labels),
      lifecycle: { ignoreChanges: ['labels'] },
    });
    this.name = volume.name;
  }
}
