import { Release as HelmRelease } from '@cdktf/provider-helm/lib/release/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { AppSpecV1 } from './spec.js';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { publicHost, type AppContext } from './context.js';
import type { Variables } from './variables.js';

export interface ReleaseProps {
  readonly context: AppContext;
  readonly namespace: string;
  readonly release: NonNullable<AppSpecV1['release']>;
  readonly variables: Variables;
  /** Name of the application's service account. */
  readonly serviceAccount: string;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** The application's Helm release: exact version, all or nothing. Values in this order, later ones win: `global.terrace` (who and
 *  where, and the names of the ConfigMap and Secret to load; no secret itself), then those of the spec. */
export class Release extends Construct {
  readonly status: string;

  constructor(scope: Construct, id: string, props: ReleaseProps) {
    super(scope, id);
    const { context, release, variables } = props;
    const { input } = context;
    const given = {
      global: {
        terrace: {
          tenant_id: input.tenant_id,
          tenant_slug: input.tenant_slug,
          tenant_name: input.tenant_name,
          environment_id: input.environment_id,
          environment_name: input.environment_name,
          host: publicHost(context),
          config_map: variables.configMapName,
          secret: variables.secretName,
          service_account: props.serviceAccount,
        },
      },
    };
    const resource = new HelmRelease(this, '$release', {
      name: release.name,
      namespace: props.namespace,
      repository: release.repository,
      chart: release.chart,
      version: release.version,
      values: [canonicalJson(given), canonicalJson(release.values)],
      atomic: true,
      cleanupOnFail: true,
      createNamespace: false,
      maxHistory: 5,
      timeout: release.timeout_seconds,
      wait: true,
      waitForJobs: true,
      dependsOn: [...props.dependsOn],
    });
    this.status = resource.status;
  }
}
