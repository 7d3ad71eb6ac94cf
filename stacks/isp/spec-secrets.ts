import type { SecretVariable } from '../../src/spec/blueprint.js';
import type { IspSpecV1 } from './spec.js';

const secret = (name: string, length = 32): SecretVariable => ({ name, length });

/** The secrets of the services that are switched on and of the first user, besides those of the data services. */
export function serviceSecrets({ services, database }: IspSpecV1): SecretVariable[] {
  const { radius, netbox, genieacs, wireguard, librenms, grafana } = services;
  const when = (on: boolean, ...secrets: SecretVariable[]) => (on ? secrets : []);
  return [
    ...when(database.mode !== 'none', secret('admin_password', 24)),
    ...when(radius.enabled, secret('radius_secret'), secret('radius_database_password')),
    ...when(
      netbox.enabled,
      secret('netbox_database_password'),
      secret('netbox_secret_key', 64),
      secret('netbox_admin_password', 24),
    ),
    ...when(genieacs.enabled, secret('mongodb_password'), secret('genieacs_jwt_secret', 64)),
    ...when(wireguard.enabled, secret('wireguard_key_seed', 64)),
    ...when(
      librenms.enabled,
      secret('librenms_database_password'),
      secret('librenms_app_key'),
      secret('librenms_admin_password', 24),
    ),
    ...when(grafana.enabled, secret('grafana_admin_password', 24)),
  ];
}
