import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1/index.js';
import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { slug } from '../../src/spec/names.js';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import { cacheSecrets, cacheVariables, databaseSecrets, databaseVariables } from './data-variables.js';
import { commonLabels, publicHost, tenantSubdomain, type AppContext } from './context.js';

export interface VariablesProps {
  readonly context: AppContext;
  readonly namespace: string;
  /** @default - the environment has no database */
  readonly database?: DatabaseConnection;
  /** @default - the environment has no cache */
  readonly cache?: CacheConnection;
}

/** The application's environment: a ConfigMap with what everyone may read, a Secret with addresses that hold passwords. */
export class Variables extends Construct {
  readonly configMapName = 'app-environment';
  readonly secretName = 'app-secrets';
  /** What the Secret holds, by key: references to sensitive variables. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Changes when a variable or a secret does: an expression, for what it covers may be known to Terraform alone. */
  readonly checksum: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, namespace, database, cache }: VariablesProps) {
    super(scope, id);
    const { input, spec } = context;
    const host = publicHost(context);
    const metadata = { namespace, labels: commonLabels(context) };
    const config = new ConfigMapV1(this, '$config', {
      metadata: { ...metadata, name: this.configMapName },
      data: {
        ...spec.variables,
        TENANT_ID: input.tenant_id,
        TENANT_SLUG: input.tenant_slug,
        TENANT_NAME: input.tenant_name,
        TENANT_SUBDOMAIN: tenantSubdomain(context),
        ENVIRONMENT_ID: input.environment_id,
        ENVIRONMENT_NAME: input.environment_name,
        OTEL_RESOURCE_ATTRIBUTES: `service.namespace=${slug(input.tenant_slug)},deployment.environment=${slug(input.environment_name)},terrace.environment_id=${input.environment_id}`,
        ...(host ? { APP_URL: `https://${host}` } : {}),
        ...databaseVariables(database),
        ...cacheVariables(cache),
      },
    });
    this.secrets = { ...databaseSecrets(database), ...cacheSecrets(cache) };
    const secret = new SecretV1(this, '$secret', {
      metadata: { ...metadata, name: this.secretName },
      data: this.secrets,
    });
    this.checksum = `\${sha256(jsonencode([${config.fqn}.data, nonsensitive(sha256(jsonencode(${secret.fqn}.data)))]))}`;
    this.ready = [config, secret];
  }
}
