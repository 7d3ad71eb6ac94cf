import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1/index.js';
import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { databaseStorageGb } from './spec.js';
import { databaseSizes } from '../../src/spec/sizes.js';
import type { DatabaseConnection } from '../connection.js';
import { databaseUrl } from '../data-url.js';
import { commonLabels, databasePort, type AppContext } from './context.js';
import { DataService } from './data-service.js';

export interface DatabaseInClusterProps {
  readonly context: AppContext;
  readonly namespace: string;
  readonly password: TerraformVariable;
  readonly dependsOn: readonly ITerraformDependable[];
}

const images = {
  '15': 'postgres:15.14-bookworm',
  '16': 'postgres:16.10-bookworm',
  '17': 'postgres:17.6-bookworm',
};

/** PostgreSQL from the official image with a volume of its own, reachable from the application's pods alone. */
export class DatabaseInCluster extends Construct implements DatabaseConnection {
  readonly host: string;
  readonly engine = 'postgres';
  readonly port = databasePort;
  readonly name = 'app';
  readonly user = 'app';
  readonly password: string;
  readonly url: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    { context, namespace, password, dependsOn }: DatabaseInClusterProps,
  ) {
    super(scope, id);
    const { database } = context.spec;
    const secret = new SecretV1(this, '$secret', {
      metadata: { name: 'database', namespace, labels: commonLabels(context) },
      data: { password: password.stringValue },
    });
    const service = new DataService(this, '$server', {
      context,
      namespace,
      component: 'database',
      image: images[database.version],
      port: this.port,
      userId: '999',
      cpu: databaseSizes[database.size].cpu,
      memory: databaseSizes[database.size].memory,
      dataPath: '/var/lib/postgresql/data',
      storageGb: databaseStorageGb(context.spec),
      scratchPaths: ['/var/run/postgresql', '/tmp'],
      env: { POSTGRES_DB: this.name, POSTGRES_USER: this.user, PGDATA: '/var/lib/postgresql/data/pgdata' },
      passwordVariable: 'POSTGRES_PASSWORD',
      secretName: 'database',
      probe: ['pg_isready', '-h', '127.0.0.1', '-U', this.user, '-d', this.name],
      dependsOn: [...dependsOn, secret],
    });
    this.host = service.host;
    this.password = password.stringValue;
    const { engine, user, host, port, name } = this;
    this.url = databaseUrl({ engine, user, password, host, port, name, tls: 'prefer' });
    this.ready = service.ready;
  }
}
