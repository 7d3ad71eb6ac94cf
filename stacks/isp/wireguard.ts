import { TerraformStack, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { sha256 } from '../../src/lib/hash.js';
import type { IspContext, ServiceConstructProps } from './context.js';
import { servicePorts, webServices } from './flows.js';
import { ServiceSecret, secretVariable } from './service-secret.js';
import { Service } from './service.js';

/**
 * A way in for staff. WireGuard of the kernel needs NET_ADMIN and a TUN device, which no pod of a tenant gets; this one runs in user space
 * with a network stack of its own, within Pod Security `restricted`. It routes nothing: peers reach the pages of the services by TCP,
 * at this end's address and the services' own ports, and the environment does not reach the peers.
 */
export class Wireguard extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context }: ServiceConstructProps) {
    super(scope, id);
    const { services, load_balancer: loadBalancer } = context.spec;
    const { wireguard } = services;
    const seed = secretVariable(
      TerraformStack.of(this),
      'wireguard_key_seed',
      'Seed of the private key of the tunnel',
    );
    const config = configOf(context, `\${base64sha256(var.${seed.friendlyUniqueId})}`);
    const secret = new ServiceSecret(this, '$secret', { context, name: 'wireguard', data: { config } });
    const service = new Service(this, '$service', {
      context,
      pod: 'wireguard',
      name: 'wireguard',
      image: wireguard.image ?? '',
      args: ['--config', '/etc/wireproxy/config', '--info', '0.0.0.0:9080'],
      ports: [{ name: 'wireguard', port: 51_820, protocol: 'UDP' }],
      loadBalancer: { sourceRanges: wireguard.client_cidrs, annotations: loadBalancer.annotations },
      health: { kind: 'http', path: '/readyz', port: 9080 },
      userId: '65532',
      readOnlyRoot: true,
      files: [{ kind: 'secret', name: secret.secretName, path: '/etc/wireproxy' }],
      podAnnotations: { 'terrace.dev/config': sha256(canonicalJson(configOf(context, ''))).slice(0, 16) },
      dependsOn: [secret.resource],
    });
    this.ready = service.ready;
  }
}

/** Source: wireproxy, README, "Sample config file". */
function configOf({ app, spec }: IspContext, privateKey: string): string {
  const { namespace } = app.names;
  const { address, peers } = spec.services.wireguard;
  return [
    `[Interface]\nAddress = ${address}/32\nListenPort = 51820\nPrivateKey = ${privateKey}`,
    ...peers.map((peer) => `[Peer]\nPublicKey = ${peer.public_key}\nAllowedIPs = ${peer.address}/32`),
    ...tunnelsOf(spec).map(
      ({ name, port, listen }) =>
        `[TCPServerTunnel]\nListenPort = ${listen}\nTarget = ${name}.${namespace}.svc:${port}`,
    ),
    '',
  ].join('\n\n');
}

/** Each service at its own port; GenieACS at 3001, for Grafana has 3000. */
export function tunnelsOf(spec: IspContext['spec']): { name: string; port: number; listen: number }[] {
  return webServices(spec).map((name) => ({
    name,
    port: servicePorts[name],
    listen: name === 'genieacs-ui' ? 3001 : servicePorts[name],
  }));
}
