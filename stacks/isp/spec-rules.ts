import type { SpecRule } from '../../src/spec/spec-rule.js';
import type { IspSpecV1 } from './spec.js';

/** Whether the environment has a PostgreSQL server of its own whose owner we are: only there can services make what they need. */
const ownDatabase = ({ database: { mode, engine, password } }: IspSpecV1) =>
  ['in_cluster', 'rds'].includes(mode) && engine === 'postgres' && password === 'generated';
const needsDatabase =
  'needs a PostgreSQL server of its own, whose password Terrace has: database.mode "in_cluster" or "rds"';

/** The rules of `isp@1` that no single field can tell; those of `app@1` hold besides. */
export const ispRules: readonly SpecRule<IspSpecV1>[] = [
  {
    path: 'setup.command',
    when: ({ setup, database }) => setup.command !== undefined && database.mode === 'none',
    message: 'needs a database; set database.mode or leave it out',
  },
  {
    path: 'database.mode',
    when: ({ setup, database }) => setup.command === undefined && database.mode === 'shared_schema',
    message: 'must not be "shared_schema" while the setup is ours, for it makes a schema; give setup.command',
  },
  {
    path: 'database.engine',
    when: ({ setup, database }) => setup.command === undefined && database.engine !== 'postgres',
    message: 'must be "postgres" while the setup is ours; give setup.command',
  },
  {
    path: 'database.password',
    when: ({ setup, database }) => setup.command === undefined && database.password === 'managed',
    message: 'must be "generated" while the setup is ours; give setup.command, which asks AWS for it',
  },
  {
    path: 'services.radius.nas_cidrs',
    when: ({ services: { radius } }) => radius.enabled && radius.nas_cidrs.length === 0,
    message: 'name at least one range of your access servers: nobody else may ask',
  },
  {
    path: 'services.radius.enabled',
    when: (spec) => spec.services.radius.enabled && !ownDatabase(spec),
    message: needsDatabase,
  },
  {
    path: 'services.netbox.enabled',
    when: (spec) => spec.services.netbox.enabled && !ownDatabase(spec),
    message: needsDatabase,
  },
  {
    path: 'services.netbox.enabled',
    when: ({ services, cache }) =>
      services.netbox.enabled && !['in_cluster', 'elasticache'].includes(cache.mode),
    message: 'needs a cache of its own: cache.mode "in_cluster" or "elasticache"',
  },
  {
    path: 'services.genieacs.cpe_cidrs',
    when: ({ services: { genieacs } }) => genieacs.enabled && genieacs.cpe_cidrs.length === 0,
    message: 'name at least one range of the devices: nobody else may connect',
  },
  {
    path: 'services.wireguard.image',
    when: ({ services: { wireguard } }) => wireguard.enabled && wireguard.image === undefined,
    message: 'is required: wireproxy is published without tags; pin ghcr.io/windtf/wireproxy by digest',
  },
  {
    path: 'services.wireguard.peers',
    when: ({ services: { wireguard } }) => wireguard.enabled && wireguard.peers.length === 0,
    message: 'name at least one peer: without peers there is no tunnel',
  },
  {
    path: 'services.wireguard.client_cidrs',
    when: ({ services: { wireguard } }) => wireguard.enabled && wireguard.client_cidrs.length === 0,
    message: 'name the ranges that peers call from, or "0.0.0.0/0"',
  },
  {
    path: 'services.wireguard.peers',
    when: ({ services: { wireguard } }) => {
      const { peers, address } = wireguard;
      const differ = (values: readonly string[]) => new Set(values).size === values.length;
      return !(
        differ(peers.map((peer) => peer.name)) &&
        differ(peers.map((peer) => peer.public_key)) &&
        differ([address, ...peers.map((peer) => peer.address)])
      );
    },
    message: 'names, keys and addresses must differ, from this end’s address too',
  },
  {
    path: 'services.wireguard.enabled',
    when: ({ services }) =>
      services.wireguard.enabled &&
      !(services.netbox.enabled || services.genieacs.enabled || services.librenms.enabled) &&
      !(services.prometheus.enabled || services.grafana.enabled),
    message: 'leads nowhere; switch on netbox, genieacs, librenms, prometheus or grafana',
  },
  {
    path: 'services.librenms.device_cidrs',
    when: ({ services: { librenms } }) => librenms.enabled && librenms.device_cidrs.length === 0,
    message: 'name at least one range of the devices to watch',
  },
  {
    path: 'services.grafana.enabled',
    when: ({ services }) => services.grafana.enabled && !services.prometheus.enabled,
    message: 'needs services.prometheus, which it shows',
  },
];
