import { ServiceV1 } from '@cdktf/provider-kubernetes/lib/service-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { gigabytes } from '../../src/spec/quantity.js';
import { commonLabels } from '../app/context.js';
import { ConfigFiles } from './config-files.js';
import type { IspContext, ServiceConstructProps } from './context.js';
import { scrapedBy, servicePorts } from './flows.js';
import { Service } from './service.js';

/** Prometheus of the environment alone: it finds pods by DNS and has no right to the cluster. */
export class Prometheus extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context }: ServiceConstructProps) {
    super(scope, id);
    const { prometheus } = context.spec.services;
    const labels = commonLabels(context.app);
    // A name that stands for every pod of the backend, not for one of them by turns.
    new ServiceV1(this, 'backend', {
      metadata: { name: 'backend-pods', namespace: context.namespace, labels },
      spec: {
        clusterIp: 'None',
        selector: { 'app.kubernetes.io/name': 'backend' },
        port: [{ name: 'http', port: context.spec.backend.port, targetPort: 'http', protocol: 'TCP' }],
      },
    });
    const config = new ConfigFiles(this, '$config', {
      context,
      name: 'prometheus',
      files: { 'prometheus.yml': prometheusConfig(context) },
    });
    const service = new Service(this, '$service', {
      context,
      pod: 'prometheus',
      name: 'prometheus',
      image: prometheus.image,
      args: [
        '--config.file=/etc/prometheus/prometheus.yml',
        '--storage.tsdb.path=/prometheus',
        `--storage.tsdb.retention.time=${prometheus.retention_days}d`,
        `--storage.tsdb.retention.size=${retentionSizeMb(context)}MB`,
      ],
      ports: [{ name: 'http', port: servicePorts.prometheus }],
      health: { kind: 'http', path: '/-/ready', port: servicePorts.prometheus },
      userId: '65534',
      readOnlyRoot: true,
      files: [{ kind: 'config_map', name: config.configMapName, path: '/etc/prometheus' }],
      dataPath: '/prometheus',
      podAnnotations: config.annotations,
    });
    this.ready = service.ready;
  }
}

/** Four fifths of the volume: the rest is for the head and for compaction. */
function retentionSizeMb({ sizing }: IspContext): number {
  return Math.floor(gigabytes(sizing.volumes.prometheus ?? '1Gi') * 1024 * 0.8);
}

/** JSON is YAML too. Source: prometheus.io, "Configuration". */
export function prometheusConfig({ app, spec }: Pick<IspContext, 'app' | 'spec'>): string {
  const { namespace } = app.names;
  const fixed = (name: string, port: number) => ({
    job_name: name,
    static_configs: [{ targets: [`${name}.${namespace}.svc:${port}`] }],
  });
  return canonicalJson({
    global: { scrape_interval: '30s', evaluation_interval: '30s' },
    scrape_configs: [
      { job_name: 'prometheus', static_configs: [{ targets: [`localhost:${servicePorts.prometheus}`] }] },
      {
        job_name: 'backend',
        dns_sd_configs: [{ names: [`backend-pods.${namespace}.svc`], type: 'A', port: spec.backend.port }],
      },
      ...scrapedBy(spec).map((name) => fixed(name, servicePorts[name])),
    ],
  });
}
