import { Grant } from '@cdktf/provider-postgresql/lib/grant/index.js';
import { Role } from '@cdktf/provider-postgresql/lib/role/index.js';
import { Schema } from '@cdktf/provider-postgresql/lib/schema/index.js';
import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { DatabaseConnection } from '../connection.js';
import { databaseUrl } from '../data-url.js';
import type { AppContext } from './context.js';
import type { AppSpecV1 } from './spec.js';

export interface DatabaseSharedSchemaProps {
  readonly context: AppContext;
  readonly server: NonNullable<AppSpecV1['database']['shared_server']>;
  readonly password: TerraformVariable;
}

/** A role and a schema of its own on a PostgreSQL server of many tenants. The role owns its schema, finds it first and has no right
 *  anywhere else: what PostgreSQL gives to everybody in `public` is taken back. */
export class DatabaseSharedSchema extends Construct implements DatabaseConnection {
  readonly engine = 'postgres';
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly schema: string;
  readonly password: string;
  readonly url: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, server, password }: DatabaseSharedSchemaProps) {
    super(scope, id);
    const { schema: name } = context.names;
    const { database } = server;
    const role = new Role(this, '$role', {
      name,
      login: true,
      password: password.stringValue,
      searchPath: [name],
      connectionLimit: server.connections,
      inherit: false,
      superuser: false,
      createDatabase: false,
      createRole: false,
      replication: false,
      bypassRowLevelSecurity: false,
    });
    const schema = new Schema(this, '$schema', {
      name,
      database,
      owner: role.name,
      ifNotExists: false,
      // The data go with the environment; without it, a schema that was used could never be destroyed.
      dropCascade: true,
    });
    const connect = new Grant(this, 'connect', {
      database,
      role: role.name,
      objectType: 'database',
      privileges: ['CONNECT'],
    });
    const closed = new Grant(this, 'public-closed', {
      database,
      role: 'public',
      objectType: 'schema',
      schema: 'public',
      privileges: [],
    });
    this.host = server.host;
    this.port = server.port;
    this.name = database;
    this.user = role.name;
    this.schema = schema.name;
    this.password = password.stringValue;
    const { engine, user, host, port } = this;
    const tls = server.sslmode === 'disable' ? 'prefer' : 'require';
    this.url = databaseUrl({ engine, user, password, host, port, name: database, tls });
    this.ready = [schema, connect, closed];
  }
}
