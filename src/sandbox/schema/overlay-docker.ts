import { textAt, type ValueObject } from '../values.js';
import { randomSuffix, stableHex } from './derived-names.js';
import { containerOverlay } from './overlay-docker-container.js';
import type { TypeOverlay } from './overlay-type.js';
import type { SandboxRun } from '../sandbox-run.js';

const networkIdentity = (value: ValueObject, run: SandboxRun) => {
  const name = textAt(value, 'name');
  if (name === undefined) return undefined;
  const objectId = textAt(value, 'id') ?? stableHex(run, 64, 'docker_network', name);
  return { objectId, naturalKey: name, name };
};

/** Docker hosts: one per account and region. */
export const dockerOverlays: Readonly<Record<string, TypeOverlay>> = {
  docker_container: containerOverlay,
  docker_network: {
    forceNew: [
      'attachable',
      'check_duplicate',
      'driver',
      'ingress',
      'internal',
      'ipam_config',
      'ipam_driver',
      'ipam_options',
      'ipv6',
      'labels',
      'name',
      'options',
    ],
    defaults: { ipam_driver: 'default' },
    identify: networkIdentity,
    compute: ({ value, run }) => ({
      id: networkIdentity(value, run)?.objectId,
      driver: 'bridge',
      internal: false,
      options: {},
      scope: 'local',
    }),
    alreadyExists: (_value, { name }) =>
      `Unable to create network: Error response from daemon: network with name ${name} already exists`,
  },
  docker_volume: {
    forceNew: ['driver', 'driver_opts', 'labels', 'name'],
    names: () => ({ name: randomSuffix(64) }),
    identify: (value) => {
      const name = textAt(value, 'name');
      return name === undefined ? undefined : { objectId: name, name };
    },
    compute: ({ value }) => {
      const name = textAt(value, 'name') ?? '';
      return { id: name, driver: 'local', mountpoint: `/var/lib/docker/volumes/${name}/_data` };
    },
    adoptsExisting: () => true,
  },
  docker_image: {
    forceNew: ['name', 'platform', 'pull_triggers', 'triggers'],
    compute: ({ value, run }) => {
      const name = textAt(value, 'name') ?? '';
      const repository = name.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
      const digest = stableHex({ ...run, environmentId: run.accountId }, 64, 'docker_image', name);
      return {
        id: `sha256:${digest}${name}`,
        image_id: `sha256:${digest}`,
        repo_digest: `${repository}@sha256:${digest}`,
      };
    },
  },
};
