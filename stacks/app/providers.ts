import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { HelmProvider } from '@cdktf/provider-helm/lib/provider/index.js';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider/index.js';
import { PostgresqlProvider } from '@cdktf/provider-postgresql/lib/provider/index.js';
import { Construct } from 'constructs';
import { commonTags, usesAws, type AppContext } from './context.js';

export interface ProvidersProps {
  readonly context: AppContext;
}

/** The providers that the stack needs. Credentials and the cluster's address come from Terraform's environment (AWS_*, KUBE_*,
 *  PGUSER and PGPASSWORD of a shared database server). */
export class Providers extends Construct {
  constructor(scope: Construct, id: string, { context }: ProvidersProps) {
    super(scope, id);
    const { input, spec } = context;
    new KubernetesProvider(this, 'kubernetes');
    if (spec.releases.length > 0) new HelmProvider(this, 'helm');
    const { mode, shared_server: server } = spec.database;
    if (mode === 'shared_schema' && server !== undefined)
      new PostgresqlProvider(this, 'postgresql', {
        host: server.host,
        port: server.port,
        database: server.database,
        sslmode: server.sslmode,
        // An administrator of a managed server is no superuser either.
        superuser: false,
        connectTimeout: 15,
      });
    if (usesAws(context))
      new AwsProvider(this, 'aws', {
        region: input.region,
        // A session of the wrong account can touch nothing.
        ...(input.provider === 'aws' ? { allowedAccountIds: [input.cloud_account_id] } : {}),
        defaultTags: [{ tags: commonTags(context) }],
      });
  }
}
