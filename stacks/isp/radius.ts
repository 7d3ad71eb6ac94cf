import { TerraformStack, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ConfigFiles } from './config-files.js';
import type { ServiceConstructProps } from './context.js';
import { DatabaseJob } from './database-job.js';
import { radiusConfig } from './radius-config.js';
import { radiusTables } from './radius-tables.js';
import { ServiceSecret, secretVariable } from './service-secret.js';
import { Service } from './service.js';

/** FreeRADIUS for the access servers of the provider: users and accounting are tables of schema `radius`. */
export class Radius extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, dependsOn }: ServiceConstructProps) {
    super(scope, id);
    const { services, load_balancer: loadBalancer } = context.spec;
    const { radius } = services;
    const stack = TerraformStack.of(this);
    const secret = new ServiceSecret(this, '$secret', {
      context,
      name: 'radius',
      data: {
        RADIUS_SECRET: secretVariable(stack, 'radius_secret', 'Secret between access servers and RADIUS')
          .stringValue,
        RADIUS_DATABASE_PASSWORD: secretVariable(stack, 'radius_database_password', 'Password of role radius')
          .stringValue,
      },
    });
    const setup = new DatabaseJob(this, 'setup', {
      context,
      name: 'radius-setup',
      sql: radiusTables,
      secret,
      timeoutSeconds: 300,
      dependsOn,
    });
    const config = new ConfigFiles(this, '$config', {
      context,
      name: 'radius',
      files: { 'radiusd.conf': radiusConfig(radius.nas_cidrs) },
    });
    const service = new Service(this, '$service', {
      context,
      pod: 'radius',
      name: 'radius',
      image: radius.image,
      command: ['freeradius', '-f', '-d', '/etc/terrace-radius'],
      ports: [
        { name: 'auth', port: 1812, protocol: 'UDP' },
        { name: 'acct', port: 1813, protocol: 'UDP' },
      ],
      loadBalancer: { sourceRanges: radius.nas_cidrs, annotations: loadBalancer.annotations },
      health: { kind: 'command', command: ['sh', '-c', probe] },
      userId: '101',
      readOnlyRoot: true,
      configMaps: ['app-environment'],
      secretEnv: secret.env('RADIUS_SECRET', 'RADIUS_DATABASE_PASSWORD'),
      files: [{ kind: 'config_map', name: config.configMapName, path: '/etc/terrace-radius' }],
      scratchPaths: ['/tmp'],
      dataPath: '/var/lib/radius',
      podAnnotations: config.annotations,
      dependsOn: setup.ready,
    });
    this.ready = service.ready;
  }
}

const probe =
  'echo "Message-Authenticator = 0x00" | radclient -q -t 3 -r 1 127.0.0.1:1812 status "$RADIUS_SECRET"';
