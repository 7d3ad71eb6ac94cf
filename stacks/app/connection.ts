import type { ITerraformDependable } from 'cdktf';

/** How the application reaches a data service: the same form whether it runs in the cluster or is managed. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  /** The password as a reference to a sensitive variable. */
  readonly password: string;
  /** The whole address with the password in it: sensitive. */
  readonly url: string;
  /** What has to exist before the application starts. */
  readonly ready: readonly ITerraformDependable[];
}

/** A connection to a database. */
export interface DatabaseConnection extends Connection {
  readonly name: string;
  readonly user: string;
}
