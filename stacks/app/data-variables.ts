import type { CacheConnection, DatabaseConnection } from '../connection.js';

type Values = Readonly<Record<string, string>>;

/** What anyone in the namespace may know of the database; no secret. */
export function databaseVariables(database: DatabaseConnection | undefined): Values {
  if (database === undefined) return {};
  return {
    DATABASE_ENGINE: database.engine,
    DATABASE_HOST: database.host,
    DATABASE_PORT: String(database.port),
    DATABASE_NAME: database.name,
    DATABASE_USER: database.user,
    ...(database.schema === undefined ? {} : { DATABASE_SCHEMA: database.schema }),
    ...(database.secretArn === undefined ? {} : { DATABASE_SECRET_ARN: database.secretArn }),
  };
}

/** Addresses and passwords of the database, for a Secret. */
export function databaseSecrets(database: DatabaseConnection | undefined): Values {
  return {
    ...(database?.url === undefined ? {} : { DATABASE_URL: database.url }),
    ...(database?.password === undefined ? {} : { DATABASE_PASSWORD: database.password }),
  };
}

/** What anyone in the namespace may know of the cache; no secret. */
export function cacheVariables(cache: CacheConnection | undefined): Values {
  if (cache === undefined) return {};
  return {
    REDIS_HOST: cache.host,
    REDIS_PORT: String(cache.port),
    REDIS_DATABASE: String(cache.database),
    ...(cache.user === undefined ? {} : { REDIS_USER: cache.user }),
    ...(cache.namespace === undefined ? {} : { REDIS_NAMESPACE: cache.namespace }),
  };
}

/** Addresses and passwords of the cache, for a Secret. */
export function cacheSecrets(cache: CacheConnection | undefined): Values {
  return {
    ...(cache?.url === undefined ? {} : { REDIS_URL: cache.url }),
    ...(cache?.password === undefined ? {} : { REDIS_PASSWORD: cache.password }),
  };
}
