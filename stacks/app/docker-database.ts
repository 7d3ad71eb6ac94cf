import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { gigabytes } from '../../src/spec/quantity.js';
import type { DatabaseEngine } from '../../src/spec/sizes.js';
import type { DatabaseConnection } from '../connection.js';
import { databaseUrl } from '../data-url.js';
import { Container } from '../docker/container.js';
import { Volume } from '../docker/volume.js';
import type { AppContext } from './context.js';
import { databaseImages } from './database-images.js';
import { machineLabels, machineName } from './docker-names.js';
import { databasePort, databaseSizeOf, databaseVersion } from './spec-data-facts.js';

export interface DockerDatabaseProps {
  readonly context: AppContext;
  readonly network: string;
  readonly password: TerraformVariable;
}

/** PostgreSQL or MySQL from the official image with a volume of its own, reachable from the application's containers alone. */
export class DockerDatabase extends Construct implements DatabaseConnection {
  readonly engine: DatabaseEngine;
  readonly host = 'database';
  readonly port: number;
  readonly name = 'app';
  readonly user = 'app';
  readonly password: string;
  readonly url: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, network, password }: DockerDatabaseProps) {
    super(scope, id);
    const { spec } = context;
    this.engine = spec.database.engine;
    this.port = databasePort(spec);
    this.password = password.stringValue;
    const { engine, host, port, name, user } = this;
    this.url = databaseUrl({ engine, user, password, host, port, name, tls: 'prefer' });
    const form = databaseImages[engine];
    const { cpu, memory } = databaseSizeOf(spec);
    const labels = machineLabels(context, 'database');
    const volume = new Volume(this, '$volume', { name: machineName(context, 'database'), labels });
    const container = new Container(this, '$server', {
      name: machineName(context, 'database'),
      labels,
      image: form.images[databaseVersion(spec)] ?? '',
      args: form.args(Math.floor(gigabytes(memory) * 256)),
      env: {
        ...form.env(name, user),
        ...Object.fromEntries(form.passwordVariables.map((one) => [one, password.stringValue])),
      },
      userId: form.userId,
      limits: { cpu, memory },
      networks: [network],
      aliases: [host],
      readOnlyRoot: true,
      scratchPaths: form.scratchPaths,
      volumes: [{ name: volume.name, path: form.dataPath }],
      health: { kind: 'command', command: form.probe(name, user) },
      stopSeconds: 60,
    });
    this.ready = container.ready;
  }
}
