import { Manifest } from '@cdktf/provider-kubernetes/lib/manifest/index.js';
import { Construct } from 'constructs';
import { commonLabels, componentLabel, type AppContext } from './context.js';

export interface ServiceMonitorProps {
  readonly context: AppContext;
  readonly namespace: string;
}

/** Tells the Prometheus operator to read metrics of every service of the application, at its port `http`.
 *  Source: Prometheus operator, API reference, monitoring.coreos.com/v1. */
export class ServiceMonitor extends Construct {
  constructor(scope: Construct, id: string, { context, namespace }: ServiceMonitorProps) {
    super(scope, id);
    const { path, interval_seconds: intervalSeconds, labels } = context.spec.observability;
    new Manifest(this, '$monitor', {
      manifest: {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'ServiceMonitor',
        metadata: { name: 'app', namespace, labels: { ...labels, ...commonLabels(context) } },
        spec: {
          selector: { matchExpressions: [{ key: componentLabel, operator: 'DoesNotExist' }] },
          endpoints: [{ port: 'http', path, interval: `${intervalSeconds}s` }],
        },
      },
    });
  }
}
