import { labelsOf } from './labels.js';
import { limitsOf, type Limits } from './limits.js';

/** What every container is made from. */
export interface ContainerFieldsProps {
  /** Unique on the machine. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Variables; a password is a reference to a sensitive variable. */
  readonly env: Readonly<Record<string, string>>;
  /** User and group, by number; never root. */
  readonly userId: string;
  readonly limits: Limits;
  /** Networks it is in, and the names that it goes by in all of them. */
  readonly networks: readonly string[];
  readonly aliases?: readonly string[];
  /** Replaces the entry point of the image. @default - the image's own */
  readonly command?: readonly string[];
  /** Arguments; Docker takes no empty ones. @default - the image's own */
  readonly args?: readonly string[];
  /** The image's own files cannot be changed. @default false */
  readonly readOnlyRoot?: boolean;
  /** Writable folders in memory, emptied with the container. @default - none */
  readonly scratchPaths?: readonly string[];
  /** @default - none */
  readonly volumes?: readonly ContainerVolume[];
}

export interface ContainerVolume {
  /** The volume's name as a reference. */
  readonly name: string;
  readonly path: string;
}

/** The fields of a container without rights: no root, no capabilities, no way to gain any, limits set, logs that are rotated. */
export function containerFields(props: ContainerFieldsProps) {
  const { aliases = [], volumes = [], scratchPaths = [] } = props;
  return {
    name: props.name,
    labels: labelsOf(props.labels),
    env: Object.entries(props.env)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
    ...(props.command === undefined ? {} : { entrypoint: [...props.command] }),
    ...(props.args === undefined ? {} : { command: [...props.args] }),
    ...limitsOf(props.limits),
    user: `${props.userId}:${props.userId}`,
    init: true,
    readOnly: props.readOnlyRoot ?? false,
    capabilities: { drop: ['ALL'] },
    securityOpts: ['no-new-privileges'],
    ipcMode: 'private',
    logDriver: 'json-file',
    logOpts: { 'max-file': '3', 'max-size': '10m' },
    networksAdvanced: props.networks.map((name) => ({
      name,
      ...(aliases.length > 0 ? { aliases: [...aliases] } : {}),
    })),
    ...(volumes.length > 0
      ? { volumes: volumes.map(({ name, path }) => ({ volumeName: name, containerPath: path })) }
      : {}),
    ...(scratchPaths.length > 0
      ? { tmpfs: Object.fromEntries(scratchPaths.map((path) => [path, scratchOptions])) }
      : {}),
  };
}

const scratchOptions = 'mode=1777,size=64m';
