import type { BlueprintOutput, FieldSource, SecretVariable } from '../../src/spec/blueprint.js';
import type { AppSpecV1 } from './spec.js';

/** The outputs of database and cache. */
export const dataOutputsDeclared: readonly BlueprintOutput[] = [
  { name: 'database_engine', description: 'postgres or mysql', secret: false },
  { name: 'database_host', description: 'host of the database', secret: false },
  { name: 'database_port', description: 'port of the database', secret: false },
  { name: 'database_name', description: 'name of the database', secret: false },
  { name: 'database_user', description: 'user of the database', secret: false },
  { name: 'database_schema', description: 'schema on a shared server', secret: false },
  {
    name: 'database_secret_arn',
    description: 'secret in AWS Secrets Manager with user and password of the database',
    secret: false,
  },
  { name: 'database_url', description: 'address of the database with the password in it', secret: true },
  { name: 'cache_host', description: 'host of the cache', secret: false },
  { name: 'cache_port', description: 'port of the cache', secret: false },
  { name: 'cache_user', description: 'user of the cache', secret: false },
  { name: 'cache_namespace', description: 'what keys begin with on a shared server', secret: false },
  { name: 'cache_url', description: 'address of the cache with the password in it', secret: true },
];

/** Which fields the resources of database and cache stem from. */
export const dataSources: readonly FieldSource[] = [
  { address: '*.database*', fields: ['database'] },
  { address: '*.database_backup', fields: ['database.backup'] },
  { address: '*.cache*', fields: ['cache'] },
];

/** Passwords that the engine makes; one that AWS makes and keeps is not among them. */
export function dataSecrets({ database, cache }: Pick<AppSpecV1, 'database' | 'cache'>): SecretVariable[] {
  return [
    ...(database.mode === 'none' || database.password === 'managed'
      ? []
      : [{ name: 'database_password', length: 32 }]),
    ...(cache.mode === 'none' ? [] : [{ name: 'cache_password', length: 32 }]),
  ];
}
