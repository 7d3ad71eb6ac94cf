import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import type { IspContext } from './context.js';
import { serviceHost } from './service-ingress.js';

export interface IspOutputsProps {
  readonly context: IspContext;
}

/** Where the services are and how to enter them; passwords and keys are sensitive. */
export class IspOutputs extends Construct {
  constructor(scope: Construct, id: string, { context }: IspOutputsProps) {
    super(scope, id);
    const { services, setup, database } = context.spec;
    if (database.mode !== 'none') {
      this.output('admin_user', setup.admin_user);
      this.secret('admin_password');
    }
    for (const name of ['netbox', 'librenms', 'grafana'] as const) {
      const host = serviceHost(context, name);
      if (!services[name].enabled) continue;
      if (host !== undefined) this.output(`${name}_url`, `https://${host}`);
      this.secret(`${name}_admin_password`);
    }
    if (services.radius.enabled) {
      this.output('radius_address', addressOf('radius'));
      this.secret('radius_secret');
    }
    if (services.genieacs.enabled) {
      this.output('genieacs_cwmp_address', addressOf('genieacs_cwmp'));
      this.output('genieacs_fs_address', addressOf('genieacs_fs'));
    }
    if (services.wireguard.enabled) {
      this.output('wireguard_address', addressOf('wireguard'));
      this.output('wireguard_private_key', '${base64sha256(var.wireguard_key_seed)}', true);
    }
  }

  private secret(name: string): void {
    this.output(name, `\${var.${name}}`, true);
  }

  private output(name: string, value: string, sensitive = false): void {
    new TerraformOutput(this, name, { value, ...(sensitive ? { sensitive } : {}) });
  }
}

/** Host name or address of a load balancer; empty while the cluster has given none. */
function addressOf(service: string): string {
  const first = `kubernetes_service_v1.${service}.status[0].load_balancer[0].ingress[0]`;
  return `\${try(coalesce(${first}.hostname, ${first}.ip), "")}`;
}
