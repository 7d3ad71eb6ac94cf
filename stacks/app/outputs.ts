import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import { dataOutputs } from './data-outputs.js';

export interface OutputsProps {
  readonly namespace: string;
  /** @default - no ingress */
  readonly endpointUrl?: string;
  /** @default - no database */
  readonly database?: DatabaseConnection;
  /** @default - no cache */
  readonly cache?: CacheConnection;
  /** Status of each release, by name. */
  readonly releaseStatuses: Readonly<Record<string, string>>;
}

/** What the environment tells its users; whatever holds a password is sensitive. */
export class Outputs extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { namespace, endpointUrl, database, cache, releaseStatuses }: OutputsProps,
  ) {
    super(scope, id);
    this.output('namespace', namespace);
    this.output('endpoint_url', endpointUrl);
    for (const { name, value, secret } of dataOutputs(database, cache)) this.output(name, value, secret);
    if (Object.keys(releaseStatuses).length > 0) this.output('release_statuses', releaseStatuses);
  }

  private output(
    name: string,
    value: string | number | Readonly<Record<string, string>> | undefined,
    sensitive = false,
  ): void {
    if (value !== undefined) new TerraformOutput(this, name, { value, ...(sensitive ? { sensitive } : {}) });
  }
}
