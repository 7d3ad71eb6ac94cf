import type { CacheConnection, DatabaseConnection } from '../connection.js';

/** An output that is left out where its value is undefined. */
export interface DataOutput {
  readonly name: string;
  readonly value: string | number | undefined;
  readonly secret: boolean;
}

const open = (name: string, value: string | number | undefined) => ({ name, value, secret: false });

/** Where database and cache are, and how they are reached. */
export function dataOutputs(
  database: DatabaseConnection | undefined,
  cache: CacheConnection | undefined,
): readonly DataOutput[] {
  return [
    open('database_engine', database?.engine),
    open('database_host', database?.host),
    open('database_port', database?.port),
    open('database_name', database?.name),
    open('database_user', database?.user),
    open('database_schema', database?.schema),
    open('database_secret_arn', database?.secretArn),
    { name: 'database_url', value: database?.url, secret: true },
    open('cache_host', cache?.host),
    open('cache_port', cache?.port),
    open('cache_user', cache?.user),
    open('cache_namespace', cache?.namespace),
    { name: 'cache_url', value: cache?.url, secret: true },
  ];
}
