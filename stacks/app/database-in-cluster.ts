import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1/index.js';
import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { gigabytes } from '../../src/spec/quantity.js';
import type { DatabaseEngine } from '../../src/spec/sizes.js';
import type { DatabaseConnection } from '../connection.js';
import { databaseUrl } from '../data-url.js';
import { VolumeClaim } from '../kubernetes/volume-claim.js';
import { commonLabels, type AppContext } from './context.js';
import { DataService } from './data-service.js';
import { DatabaseBackup } from './database-backup.js';
import { databaseImages } from './database-images.js';
import {
  backupStorageGb,
  databasePort,
  databaseSizeOf,
  databaseStorageGb,
  databaseVersion,
} from './spec-data-facts.js';

export interface DatabaseInClusterProps {
  readonly context: AppContext;
  readonly namespace: string;
  readonly password: TerraformVariable;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** PostgreSQL or MySQL from the official image with a volume of its own, reachable from the application's pods alone, and dumps to a
 *  second volume. */
export class DatabaseInCluster extends Construct implements DatabaseConnection {
  readonly engine: DatabaseEngine;
  readonly host: string;
  readonly port: number;
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
    const { spec } = context;
    const { engine, connections, storage_class: storageClass } = spec.database;
    const { cpu, memory } = databaseSizeOf(spec);
    const form = databaseImages[engine];
    const image = form.images[databaseVersion(spec)] ?? '';
    this.engine = engine;
    this.port = databasePort(spec);
    const secret = new SecretV1(this, '$secret', {
      metadata: { name: 'database', namespace, labels: commonLabels(context) },
      data: { password: password.stringValue },
    });
    const volume = new VolumeClaim(this, '$volume', {
      namespace,
      name: 'database',
      labels: commonLabels(context),
      size: `${databaseStorageGb(spec)}Gi`,
      ...(storageClass === undefined ? {} : { storageClass }),
      dependsOn,
    });
    const service = new DataService(this, '$server', {
      context,
      namespace,
      component: 'database',
      image,
      port: this.port,
      userId: form.userId,
      cpu,
      memory,
      dataPath: form.dataPath,
      claimName: volume.claimName,
      scratchPaths: form.scratchPaths,
      args: form.args(Math.floor(gigabytes(memory) * 256), connections),
      env: form.env(this.name, this.user),
      passwordVariables: form.passwordVariables,
      secretName: 'database',
      probe: form.probe(this.name, this.user),
      dependsOn: [...dependsOn, secret],
    });
    this.host = service.host;
    this.password = password.stringValue;
    const { user, host, port, name } = this;
    this.url = databaseUrl({ engine, user, password, host, port, name, tls: 'prefer' });
    this.ready = service.ready;
    const storageGb = backupStorageGb(spec);
    if (storageGb > 0)
      new DatabaseBackup(this, 'backup', {
        context,
        namespace,
        image,
        database: this,
        storageGb,
        secretName: 'database',
      });
  }
}
