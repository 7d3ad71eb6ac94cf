import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1/index.js';
import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import { cacheSecrets, databaseSecrets } from './data-variables.js';
import { commonLabels, publicHost, type AppContext } from './context.js';
import { openVariables } from './variable-values.js';

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
    const host = publicHost(context);
    const metadata = { namespace, labels: commonLabels(context) };
    const config = new ConfigMapV1(this, '$config', {
      metadata: { ...metadata, name: this.configMapName },
      data: openVariables({
        context,
        ...(host === undefined ? {} : { appUrl: `https://${host}` }),
        ...(database ? { database } : {}),
        ...(cache ? { cache } : {}),
      }),
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
