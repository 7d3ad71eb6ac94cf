import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import type { CacheConnection, DatabaseConnection } from '../connection.js';

export interface OutputsProps {
  readonly namespace: string;
  /** @default - no ingress */
  readonly endpointUrl?: string;
  /** @default - no database */
  readonly database?: DatabaseConnection;
  /** @default - no cache */
  readonly cache?: CacheConnection;
  /** @default - no release */
  readonly releaseStatus?: string;
}

/** What the environment tells its users; whatever holds a password is sensitive. */
export class Outputs extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { namespace, endpointUrl, database, cache, releaseStatus }: OutputsProps,
  ) {
    super(scope, id);
    this.output('namespace', namespace);
    this.output('endpoint_url', endpointUrl);
    this.output('database_host', database?.host);
    this.output('database_port', database?.port);
    this.output('database_name', database?.name);
    this.output('database_user', database?.user);
    this.output('database_url', database?.url, true);
    this.output('cache_host', cache?.host);
    this.output('cache_port', cache?.port);
    this.output('cache_url', cache?.url, true);
    this.output('release_status', releaseStatus);
  }

  private output(name: string, value: string | number | undefined, sensitive = false): void {
    if (value !== undefined) new TerraformOutput(this, name, { value, ...(sensitive ? { sensitive } : {}) });
  }
}
