import { Release as HelmRelease } from '@cdktf/provider-helm/lib/release/index.js';
import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1/index.js';
import { IngressV1 } from '@cdktf/provider-kubernetes/lib/ingress-v1/index.js';
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1/index.js';
import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1/index.js';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { commonLabels } from '../app/context.js';
import { cacheSecrets, cacheVariables, databaseSecrets, databaseVariables } from '../app/data-variables.js';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import type { PlatformContext } from './context.js';
import type { PlatformSpecV1 } from './spec.js';

export interface ApplicationProps {
  readonly context: PlatformContext;
  readonly release: NonNullable<PlatformSpecV1['release']>;
  /** Role of the application's service account. */
  readonly roleArn: string;
  /** @default - no database */
  readonly database?: DatabaseConnection;
  /** @default - no cache */
  readonly cache?: CacheConnection;
  /** @default - no bucket */
  readonly bucket?: string;
  readonly dependsOn: readonly ITerraformDependable[];
}

const configMapName = 'app-environment';
const secretName = 'app-secrets';

/** The application: a namespace, what it is told by ConfigMap and Secret, its Helm release, its public address. Values of the chart in this
 *  order, later ones win: `global.terrace` (names of all that), then those of the spec. */
export class Application extends Construct {
  readonly status: string;
  /** Undefined without a domain. */
  readonly url?: string;

  constructor(scope: Construct, id: string, props: ApplicationProps) {
    super(scope, id);
    const { context, release } = props;
    const { spec } = context;
    const namespace = this.namespace(props);
    const metadata = { namespace, labels: commonLabels(context) };
    const account = new ServiceAccountV1(this, '$service-account', {
      metadata: { ...metadata, name: 'app', annotations: { 'eks.amazonaws.com/role-arn': props.roleArn } },
      automountServiceAccountToken: false,
    });
    const config = new ConfigMapV1(this, '$config', {
      metadata: { ...metadata, name: configMapName },
      data: variablesOf(props),
    });
    const secret = new SecretV1(this, '$secret', {
      metadata: { ...metadata, name: secretName },
      data: { ...databaseSecrets(props.database), ...cacheSecrets(props.cache) },
    });
    this.status = new HelmRelease(this, '$release', {
      name: release.name,
      namespace,
      repository: release.repository,
      chart: release.chart,
      version: release.version,
      values: [canonicalJson(globalValues(context)), canonicalJson(release.values)],
      atomic: true,
      cleanupOnFail: true,
      createNamespace: false,
      maxHistory: 5,
      timeout: release.timeout_seconds,
      wait: true,
      waitForJobs: true,
      dependsOn: [
        ...props.dependsOn,
        ...(props.database?.ready ?? []),
        ...(props.cache?.ready ?? []),
        account,
        config,
        secret,
      ],
    }).status;
    if (spec.domain !== undefined) this.url = this.address(props, namespace, spec.domain);
  }

  private namespace({ context, dependsOn }: ApplicationProps): string {
    const made = new NamespaceV1(this, '$namespace', {
      metadata: {
        name: context.names.namespace,
        labels: {
          ...commonLabels(context),
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/audit': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
        annotations: {
          'terrace.dev/tenant': context.input.tenant_name,
          'terrace.dev/environment': context.input.environment_name,
        },
      },
      dependsOn: [...dependsOn],
    });
    return made.metadata.name;
  }

  private address({ context, release }: ApplicationProps, namespace: string, host: string): string {
    new IngressV1(this, '$ingress', {
      metadata: {
        name: 'app',
        namespace,
        labels: commonLabels(context),
        annotations: {
          'cert-manager.io/cluster-issuer': release.issuer,
          'nginx.ingress.kubernetes.io/force-ssl-redirect': 'true',
        },
      },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: [host], secretName: 'app-tls' }],
        rule: [
          {
            host,
            http: {
              path: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: release.service, port: { number: release.port } } },
                },
              ],
            },
          },
        ],
      },
    });
    return `https://${host}`;
  }
}

function variablesOf({ context, database, cache, bucket }: ApplicationProps): Record<string, string> {
  const { input, spec } = context;
  return {
    TENANT_ID: input.tenant_id,
    TENANT_SLUG: input.tenant_slug,
    ENVIRONMENT_ID: input.environment_id,
    ENVIRONMENT_NAME: input.environment_name,
    AWS_REGION: input.region,
    ...(spec.domain ? { APP_URL: `https://${spec.domain}` } : {}),
    ...databaseVariables(database),
    ...cacheVariables(cache),
    ...(bucket ? { BUCKET_NAME: bucket } : {}),
  };
}

function globalValues({ input, spec }: PlatformContext) {
  return {
    global: {
      terrace: {
        tenant_id: input.tenant_id,
        tenant_slug: input.tenant_slug,
        tenant_name: input.tenant_name,
        environment_id: input.environment_id,
        environment_name: input.environment_name,
        host: spec.domain,
        config_map: configMapName,
        secret: secretName,
        service_account: 'app',
      },
    },
  };
}
