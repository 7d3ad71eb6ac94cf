import { slug } from '../../src/spec/names.js';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import { tenantSubdomain, type AppContext } from './context.js';
import { cacheSecrets, cacheVariables, databaseSecrets, databaseVariables } from './data-variables.js';

export interface VariableValuesProps {
  readonly context: AppContext;
  /** @default - the application has no address */
  readonly appUrl?: string;
  /** @default - the environment has no database */
  readonly database?: DatabaseConnection;
  /** @default - the environment has no cache */
  readonly cache?: CacheConnection;
}

/** The variables of the application that everyone in the environment may read. */
export function openVariables({ context, appUrl, database, cache }: VariableValuesProps) {
  const { input, spec } = context;
  return {
    ...spec.variables,
    TENANT_ID: input.tenant_id,
    TENANT_SLUG: input.tenant_slug,
    TENANT_NAME: input.tenant_name,
    TENANT_SUBDOMAIN: tenantSubdomain(context),
    ENVIRONMENT_ID: input.environment_id,
    ENVIRONMENT_NAME: input.environment_name,
    OTEL_RESOURCE_ATTRIBUTES: `service.namespace=${slug(input.tenant_slug)},deployment.environment=${slug(input.environment_name)},terrace.environment_id=${input.environment_id}`,
    ...(appUrl === undefined ? {} : { APP_URL: appUrl }),
    ...databaseVariables(database),
    ...cacheVariables(cache),
  };
}

/** The variables of the application that hold passwords, as references to sensitive variables. */
export function secretVariables({ database, cache }: VariableValuesProps) {
  return { ...databaseSecrets(database), ...cacheSecrets(cache) };
}
