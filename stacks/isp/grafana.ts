import { TerraformStack, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { ConfigFiles } from './config-files.js';
import type { ServiceConstructProps } from './context.js';
import { servicePorts } from './flows.js';
import { ServiceIngress, serviceHost } from './service-ingress.js';
import { ServiceSecret, secretVariable } from './service-secret.js';
import { Service } from './service.js';

/** Grafana with the environment's Prometheus as its source of data; dashboards and users are kept on a volume. */
export class Grafana extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context }: ServiceConstructProps) {
    super(scope, id);
    const secret = new ServiceSecret(this, '$secret', {
      context,
      name: 'grafana',
      data: {
        GF_SECURITY_ADMIN_PASSWORD: secretVariable(
          TerraformStack.of(this),
          'grafana_admin_password',
          'Password of user admin of Grafana',
        ).stringValue,
      },
    });
    const config = new ConfigFiles(this, '$config', {
      context,
      name: 'grafana',
      files: { 'prometheus.yaml': dataSources },
    });
    const host = serviceHost(context, 'grafana');
    const service = new Service(this, '$service', {
      context,
      pod: 'grafana',
      name: 'grafana',
      image: context.spec.services.grafana.image,
      ports: [{ name: 'http', port: servicePorts.grafana }],
      health: { kind: 'http', path: '/api/health', port: servicePorts.grafana },
      userId: '472',
      readOnlyRoot: true,
      scratchPaths: ['/tmp'],
      files: [
        { kind: 'config_map', name: config.configMapName, path: '/etc/grafana/provisioning/datasources' },
      ],
      env: {
        ...(host === undefined ? {} : { GF_SERVER_ROOT_URL: `https://${host}` }),
        GF_SECURITY_COOKIE_SECURE: String(host !== undefined),
        GF_USERS_ALLOW_SIGN_UP: 'false',
        GF_AUTH_ANONYMOUS_ENABLED: 'false',
        GF_ANALYTICS_REPORTING_ENABLED: 'false',
        GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
        GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      },
      secretEnv: secret.env('GF_SECURITY_ADMIN_PASSWORD'),
      dataPath: '/var/lib/grafana',
      podAnnotations: config.annotations,
      dependsOn: [secret.resource],
    });
    if (host !== undefined) new ServiceIngress(this, 'ingress', { context, service: 'grafana', host });
    this.ready = service.ready;
  }
}

/** JSON is YAML too. Source: grafana.com, "Provision Grafana", data sources. */
const dataSources = canonicalJson({
  apiVersion: 1,
  datasources: [
    {
      name: 'Prometheus',
      uid: 'prometheus',
      type: 'prometheus',
      access: 'proxy',
      url: `http://prometheus:${servicePorts.prometheus}`,
      isDefault: true,
      editable: false,
    },
  ],
});
