import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import { CacheInCluster } from './cache-in-cluster.js';
import { CacheSharedNamespace } from './cache-shared-namespace.js';
import type { AppContext } from './context.js';
import { managedCache, managedDatabase } from './data-managed.js';
import { DatabaseInCluster } from './database-in-cluster.js';
import { DatabaseSharedSchema } from './database-shared-schema.js';
import { secretVariable } from './secret-variable.js';

export interface DataServicesProps {
  readonly context: AppContext;
  readonly namespace: string;
  /** Quota and network policies: they come before the first pod. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** The database that the spec asks for, or undefined. */
export function addDatabase(scope: Construct, props: DataServicesProps): DatabaseConnection | undefined {
  const { context } = props;
  const { mode, password: kept, shared_server: server } = context.spec.database;
  if (mode === 'none') return undefined;
  if (mode === 'rds' && kept === 'managed') return managedDatabase(scope, context);
  const password = secretVariable(scope, 'database_password', 'Password of the database');
  if (mode === 'rds') return managedDatabase(scope, context, password);
  return mode === 'shared_schema' && server !== undefined
    ? new DatabaseSharedSchema(scope, 'database', { context, server, password })
    : new DatabaseInCluster(scope, 'database', { ...props, password });
}

/** The cache that the spec asks for, or undefined. */
export function addCache(scope: Construct, props: DataServicesProps): CacheConnection | undefined {
  const { context } = props;
  const { mode, shared_server: server } = context.spec.cache;
  if (mode === 'none') return undefined;
  const password = secretVariable(scope, 'cache_password', 'Password of the cache');
  if (mode === 'elasticache') return managedCache(scope, context, password);
  return mode === 'shared_namespace' && server !== undefined
    ? new CacheSharedNamespace(scope, 'cache', { context, server, password })
    : new CacheInCluster(scope, 'cache', { ...props, password });
}
