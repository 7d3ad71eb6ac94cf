import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1/index.js';
import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { CacheConnection } from '../connection.js';
import { cacheUrl } from '../data-url.js';
import { OneOffJob } from '../kubernetes/one-off-job.js';
import { accessScript } from './cache-access.js';
import { valkeyImage, valkeyUserId } from './cache-image.js';
import { commonLabels, type AppContext } from './context.js';
import type { AppSpecV1 } from './spec.js';

export interface CacheSharedNamespaceProps {
  readonly context: AppContext;
  readonly server: NonNullable<AppSpecV1['cache']['shared_server']>;
  readonly password: TerraformVariable;
}

/** A user on a Valkey server of many tenants, held to keys and channels that begin with `tenant:<tenant>:<environment>:`. A job makes
 *  it in the administrator's namespace: the administrator's password never enters a tenant's. */
export class CacheSharedNamespace extends Construct implements CacheConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly namespace: string;
  readonly database: number;
  readonly password: string;
  readonly url: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, server, password }: CacheSharedNamespaceProps) {
    super(scope, id);
    const { input, names } = context;
    const { administrator } = server;
    this.host = server.host;
    this.port = server.port;
    this.database = server.database;
    this.user = names.cache;
    this.namespace = `tenant:${input.tenant_id}:${input.environment_id}:`;
    this.password = password.stringValue;
    const labels = commonLabels(context);
    const secret = new SecretV1(this, '$secret', {
      metadata: { name: `${names.cache}-user`, namespace: administrator.namespace, labels },
      data: { password: password.stringValue },
    });
    const env = {
      CACHE_HOST: server.host,
      CACHE_PORT: String(server.port),
      CACHE_ADMINISTRATOR: administrator.user,
      TENANT_USER: this.user,
      TENANT_PREFIX: this.namespace,
    };
    const resources = { cpu: '50m', memory: '64Mi' };
    const job = new OneOffJob(this, 'user', {
      namespace: administrator.namespace,
      name: names.cache,
      labels,
      image: valkeyImage,
      userId: valkeyUserId,
      readOnlyRoot: true,
      command: ['sh', '-c', accessScript(server.tls)],
      env,
      secretEnv: {
        REDISCLI_AUTH: { secret: administrator.secret, key: administrator.key },
        TENANT_PASSWORD: { secret: `${names.cache}-user`, key: 'password' },
      },
      resources: { requests: resources, limits: resources },
      definition: env,
      timeoutSeconds: 120,
      dependsOn: [secret],
    });
    const { user, host, port, database } = this;
    this.url = cacheUrl({ user, password, host, port, database, tls: server.tls });
    this.ready = job.ready;
  }
}
