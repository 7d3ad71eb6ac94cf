import { TerraformStack, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ConfigFiles } from './config-files.js';
import type { ServiceConstructProps } from './context.js';
import { LibrenmsDatabase } from './librenms-database.js';
import { librenmsFiles } from './librenms-files.js';
import { ServiceIngress, serviceHost } from './service-ingress.js';
import { ServiceSecret, secretVariable } from './service-secret.js';
import { Service } from './service.js';

/** LibreNMS with a MariaDB of its own; graphs are kept on a volume. */
export class Librenms extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context }: ServiceConstructProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    const key = secretVariable(stack, 'librenms_app_key', 'Key that LibreNMS encrypts with');
    const secret = new ServiceSecret(this, '$secret', {
      context,
      name: 'librenms',
      data: {
        DB_PASSWORD: secretVariable(
          stack,
          'librenms_database_password',
          'Password of the database of LibreNMS',
        ).stringValue,
        APP_KEY: `base64:\${base64sha256(var.${key.friendlyUniqueId})}`,
        LIBRENMS_ADMIN_PASSWORD: secretVariable(
          stack,
          'librenms_admin_password',
          'Password of user admin of LibreNMS',
        ).stringValue,
      },
    });
    const database = new LibrenmsDatabase(this, 'database', { context, secret });
    const config = new ConfigFiles(this, '$config', { context, name: 'librenms', files: librenmsFiles });
    const host = serviceHost(context, 'librenms');
    const service = new Service(this, '$service', {
      context,
      pod: 'librenms',
      name: 'librenms',
      image: context.spec.services.librenms.image,
      command: ['bash', '/etc/terrace-librenms/start.sh'],
      ports: [{ name: 'http', port: 8000 }],
      health: { kind: 'http', path: '/login', port: 8000 },
      // The first start creates the tables.
      startPeriodSeconds: 900,
      // Owner of the program's files in the image.
      userId: '65534',
      scratchPaths: ['/tmp'],
      files: [{ kind: 'config_map', name: config.configMapName, path: '/etc/terrace-librenms' }],
      env: {
        APP_URL: host === undefined ? '/' : `https://${host}`,
        DB_HOST: 'librenms-database',
        DB_PORT: '3306',
        DB_DATABASE: 'librenms',
        DB_USERNAME: 'librenms',
      },
      secretEnv: secret.env('DB_PASSWORD', 'APP_KEY', 'LIBRENMS_ADMIN_PASSWORD'),
      dataPath: '/data',
      podAnnotations: config.annotations,
      dependsOn: [secret.resource, ...database.ready],
    });
    if (host !== undefined) new ServiceIngress(this, 'ingress', { context, service: 'librenms', host });
    this.ready = service.ready;
  }
}
