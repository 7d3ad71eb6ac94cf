import type { BlueprintOutput } from '../../src/spec/blueprint.js';

const open = (name: string, description: string): BlueprintOutput => ({ name, description, secret: false });
const secret = (name: string, description: string): BlueprintOutput => ({ name, description, secret: true });

/** What `isp@1` tells besides the outputs of `app@1`. */
export const ispOutputs: readonly BlueprintOutput[] = [
  open('admin_user', 'first user of the application'),
  secret('admin_password', 'password of the first user'),
  open('netbox_url', 'public address of NetBox'),
  secret('netbox_admin_password', 'password of user admin of NetBox'),
  open('librenms_url', 'public address of LibreNMS'),
  secret('librenms_admin_password', 'password of user admin of LibreNMS'),
  open('grafana_url', 'public address of Grafana'),
  secret('grafana_admin_password', 'password of user admin of Grafana'),
  open('radius_address', 'host or address of RADIUS for access servers'),
  secret('radius_secret', 'secret between access servers and RADIUS'),
  open('genieacs_cwmp_address', 'host or address that devices connect to, port 7547'),
  open('genieacs_fs_address', 'host or address that devices load files from, port 7567'),
  open('wireguard_address', 'host or address of the tunnel, UDP port 51820'),
  secret(
    'wireguard_private_key',
    'private key of this end of the tunnel; `wg pubkey` makes the public one of it',
  ),
];
