import type { PlatformSpecV1 } from './spec.js';

export type BaselineName = keyof PlatformSpecV1['baseline'];

interface ChartPlace {
  /** Whether the network has subnets of public load balancers. */
  readonly publicSubnets: boolean;
  /** Role of the chart's service account. */
  readonly roleArn?: string;
}

interface BaselineChart {
  readonly repository: string;
  /** Name of chart and release. */
  readonly chart: string;
  readonly namespace: string;
  readonly values: (place: ChartPlace) => Readonly<Record<string, unknown>>;
}

/** The baseline, in its order. */
export const baselineCharts: Record<BaselineName, BaselineChart> = {
  metrics_server: {
    repository: 'https://kubernetes-sigs.github.io/metrics-server',
    chart: 'metrics-server',
    namespace: 'kube-system',
    values: () => ({ replicas: 2, podDisruptionBudget: { enabled: true, minAvailable: 1 } }),
  },
  cert_manager: {
    repository: 'https://charts.jetstack.io',
    chart: 'cert-manager',
    namespace: 'cert-manager',
    // Certificates outlive the chart: without its definitions all of them would be deleted.
    values: () => ({ crds: { enabled: true, keep: true } }),
  },
  ingress_nginx: {
    repository: 'https://kubernetes.github.io/ingress-nginx',
    chart: 'ingress-nginx',
    namespace: 'ingress-nginx',
    values: ({ publicSubnets }) => ({
      controller: {
        replicaCount: 2,
        minAvailable: 1,
        ingressClassResource: { default: true },
        // Callers may not write parts of the server's configuration into annotations.
        allowSnippetAnnotations: false,
        config: { 'ssl-protocols': 'TLSv1.2 TLSv1.3' },
        service: {
          externalTrafficPolicy: 'Local',
          annotations: {
            'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb',
            ...(publicSubnets ? {} : { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' }),
          },
        },
      },
    }),
  },
  external_secrets: {
    repository: 'https://charts.external-secrets.io',
    chart: 'external-secrets',
    namespace: 'external-secrets',
    values: ({ roleArn }) => ({
      installCRDs: true,
      serviceAccount: { name: 'external-secrets', annotations: { 'eks.amazonaws.com/role-arn': roleArn } },
    }),
  },
  gpu_plugin: {
    repository: 'https://nvidia.github.io/k8s-device-plugin',
    chart: 'nvidia-device-plugin',
    namespace: 'nvidia',
    values: () => ({
      nodeSelector: { 'terrace.dev/nodes': 'gpu' },
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    }),
  },
};
