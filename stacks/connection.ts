import type { ITerraformDependable } from 'cdktf';
import type { DatabaseEngine } from '../src/spec/sizes.js';

/** How the application reaches a data service: the same form whether it runs in the cluster, is managed or shared. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  /** The password as a reference to a sensitive variable. @default - the service keeps it; see `secretArn` */
  readonly password?: string;
  /** The whole address with the password in it: sensitive. @default - none, for the password is not ours to know */
  readonly url?: string;
  /** What has to exist before the application starts. */
  readonly ready: readonly ITerraformDependable[];
}

/** A connection to a database. */
export interface DatabaseConnection extends Connection {
  readonly engine: DatabaseEngine;
  readonly name: string;
  readonly user: string;
  /** The schema of its own on a shared server. @default - the whole database is its own */
  readonly schema?: string;
  /** ARN of the secret in Secrets Manager that holds user and password. @default - `password` holds it */
  readonly secretArn?: string;
}

/** A connection to a cache. */
export interface CacheConnection extends Connection {
  /** @default - the server's default user */
  readonly user?: string;
  /** What every key and channel has to begin with on a shared server. @default - the whole cache is its own */
  readonly namespace?: string;
  /** Number of the logical database. */
  readonly database: number;
}
