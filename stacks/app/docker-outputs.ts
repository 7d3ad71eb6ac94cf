import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import { dataOutputs } from './data-outputs.js';

export interface DockerOutputsProps {
  /** Name and address of each workload that serves; the first is the application's. */
  readonly endpoints: readonly (readonly [name: string, url: string])[];
  /** @default - no database */
  readonly database?: DatabaseConnection;
  /** @default - no cache */
  readonly cache?: CacheConnection;
}

/** What an environment on a machine tells its users, by the same names as one in a cluster; whatever holds a password is sensitive. */
export class DockerOutputs extends Construct {
  constructor(scope: Construct, id: string, { endpoints, database, cache }: DockerOutputsProps) {
    super(scope, id);
    const [first] = endpoints;
    if (first !== undefined) {
      new TerraformOutput(this, 'endpoint_url', { value: first[1] });
      new TerraformOutput(this, 'endpoints', { value: Object.fromEntries(endpoints) });
    }
    for (const { name, value, secret } of dataOutputs(database, cache))
      if (value !== undefined)
        new TerraformOutput(this, name, { value, ...(secret ? { sensitive: true } : {}) });
  }
}
