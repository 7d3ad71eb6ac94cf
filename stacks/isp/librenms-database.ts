import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { IspContext } from './context.js';
import { Service } from './service.js';
import type { ServiceSecret } from './service-secret.js';

export interface LibrenmsDatabaseProps {
  readonly context: IspContext;
  /** Holds `DB_PASSWORD`. */
  readonly secret: ServiceSecret;
}

/** MariaDB of LibreNMS alone, which takes no other kind of database. Nobody knows the password of its root. */
export class LibrenmsDatabase extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, secret }: LibrenmsDatabaseProps) {
    super(scope, id);
    const service = new Service(this, '$service', {
      context,
      pod: 'librenms-database',
      name: 'librenms-database',
      image: context.spec.services.librenms.database_image,
      args: [
        '--innodb-file-per-table=1',
        '--lower-case-table-names=0',
        '--character-set-server=utf8mb4',
        '--collation-server=utf8mb4_unicode_ci',
      ],
      ports: [{ name: 'mysql', port: 3306 }],
      health: { kind: 'command', command: ['healthcheck.sh', '--connect', '--innodb_initialized'] },
      startPeriodSeconds: 300,
      userId: '999',
      readOnlyRoot: true,
      scratchPaths: ['/tmp', '/run/mysqld'],
      env: { MARIADB_DATABASE: 'librenms', MARIADB_USER: 'librenms', MARIADB_RANDOM_ROOT_PASSWORD: 'yes' },
      secretEnv: { MARIADB_PASSWORD: { secret: secret.secretName, key: 'DB_PASSWORD' } },
      dataPath: '/var/lib/mysql',
      dependsOn: [secret.resource],
    });
    this.ready = service.ready;
  }
}
