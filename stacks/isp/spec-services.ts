import { z } from 'zod';
import { pinnedImage } from '../../src/spec/image.js';
import { shortName } from '../../src/spec/names.js';
import { deviceRanges, image, storageGb } from './spec-fields.js';

const enabled = z.boolean({ error: 'must be true or false' }).default(false).describe('the switch');
const storage = storageGb.describe('storage in GB; default: by customers; it can grow, never shrink');

const radius = z.strictObject({
  enabled,
  image: image('freeradius/freeradius-server:3.2.7').describe('FreeRADIUS 3'),
  storage_gb: storage,
  nas_cidrs: deviceRanges.describe('ranges of the access servers that may ask (UDP 1812 and 1813)'),
});

const netbox = z.strictObject({
  enabled,
  image: image('netboxcommunity/netbox:v4.3-3.3.0').describe('NetBox'),
  storage_gb: storage,
});

const genieacs = z.strictObject({
  enabled,
  image: image('drumsergio/genieacs:1.2.13.2').describe(
    'GenieACS, whose authors publish no image of their own',
  ),
  mongodb_image: image('mongo:7.0.28-jammy').describe('MongoDB'),
  storage_gb: storageGb
    .refine(
      (gb) => gb === undefined || gb >= 5,
      'must be at least 5: MongoDB starts with gigabytes of journal',
    )
    .describe('storage of MongoDB in GB; default: by customers; it can grow, never shrink'),
  cpe_cidrs: deviceRanges.describe('ranges of the customers’ devices (TCP 7547 and 7567)'),
});

const key = z
  .string()
  .regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, 'must be a WireGuard public key: 44 characters of base64');

const peer = z.strictObject({
  name: shortName.describe('who it is'),
  public_key: key.describe('public key of the peer'),
  address: z.ipv4({ error: 'must be an IPv4 address' }).describe('address of the peer in the tunnel'),
});

const wireguard = z.strictObject({
  enabled,
  image: pinnedImage
    .optional()
    .describe(
      'wireproxy, WireGuard in user space; required when switched on: its authors publish no tags, so pin ghcr.io/windtf/wireproxy by digest',
    ),
  address: z
    .ipv4({ error: 'must be an IPv4 address' })
    .default('10.255.255.1')
    .describe('address of this end in the tunnel'),
  client_cidrs: z
    .array(z.cidrv4({ error: 'must be an IPv4 range such as "203.0.113.0/24"' }))
    .max(100)
    .default([])
    .describe('ranges that peers call from (UDP 51820); "0.0.0.0/0" for staff on the road'),
  peers: z.array(peer).max(250).default([]).describe('who may enter'),
});

const librenms = z.strictObject({
  enabled,
  image: image('librenms/librenms:25.12.0').describe('LibreNMS'),
  database_image: image('mariadb:11.4.7').describe('MariaDB'),
  storage_gb: storage,
  device_cidrs: deviceRanges.describe('ranges of the devices that are watched (UDP 161)'),
});

const prometheus = z.strictObject({
  enabled,
  image: image('prom/prometheus:v3.5.0').describe('Prometheus'),
  storage_gb: storage,
  retention_days: z
    .int({ error: 'must be a whole number' })
    .min(1, 'must be at least 1')
    .max(365, 'must be at most 365')
    .default(15)
    .describe('days that samples are kept; the oldest go earlier when the volume is full'),
});

const grafana = z.strictObject({
  enabled,
  image: image('grafana/grafana:12.3.1').describe('Grafana'),
  storage_gb: storage,
});

/** Every service: whether it runs, which image, how much storage, who may reach it. */
export const services = z.strictObject({
  radius: radius.prefault({}).describe('FreeRADIUS: users and accounting in the database of the environment'),
  netbox: netbox
    .prefault({})
    .describe('NetBox: addresses and devices, in a database of its own on the same server'),
  genieacs: genieacs
    .prefault({})
    .describe('GenieACS: configuration of customers’ devices by TR-069, with MongoDB'),
  wireguard: wireguard
    .prefault({})
    .describe('WireGuard: a way in for staff to the services that have no public address'),
  librenms: librenms.prefault({}).describe('LibreNMS: watches network devices by SNMP, with MariaDB'),
  prometheus: prometheus.prefault({}).describe('Prometheus: measures backend and services'),
  grafana: grafana.prefault({}).describe('Grafana on Prometheus'),
});
