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
  readonly release: AppSpecV1['releases'][number];
  readonly variables: Variables;
  /** Name of the application's service account. */
  readonly serviceAccount: string;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** A Helm release of the application, of one exact version. Values in this order, later ones win: `global.terrace` (who and where, and
 *  the names of the ConfigMap and Secret to load; no secret itself), those of the spec, then references to secrets. */
export class Release extends Construct {
  readonly status: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ReleaseProps) {
    super(scope, id);
    const { release, variables } = props;
    const resource = new HelmRelease(this, '$release', {
      name: release.name,
      namespace: props.namespace,
      repository: release.repository,
      chart: release.chart,
      version: release.version,
      values: [canonicalJson(givenValues(props)), canonicalJson(release.values)],
      setSensitive: secretsOf(release.set_secrets, variables.secrets),
      atomic: release.atomic,
      cleanupOnFail: true,
      createNamespace: false,
      maxHistory: 5,
      timeout: release.timeout_seconds,
      wait: release.wait,
      waitForJobs: release.wait,
      dependsOn: [...props.dependsOn],
    });
    this.status = resource.status;
    this.ready = [resource];
  }
}

function givenValues({ context, variables, serviceAccount }: ReleaseProps) {
  const { input } = context;
  return {
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
        service_account: serviceAccount,
        priority_class: context.spec.priority_class,
      },
    },
  };
}

/** By name, so that the order of a request does not matter. */
function secretsOf(paths: Readonly<Record<string, string>>, secrets: Readonly<Record<string, string>>) {
  const given = Object.entries(paths).flatMap(([name, secret]) => {
    const value = secrets[secret];
    return value === undefined ? [] : [{ name, value }];
  });
  return given.length === 0 ? undefined : given.sort((a, b) => (a.name < b.name ? -1 : 1));
}
