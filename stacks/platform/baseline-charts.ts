import type { BaselineName } from './spec-baseline.js';

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
  /** Pod Security level of the namespace, which is made for the chart. @default - the namespace is there in every cluster */
  readonly podSecurity?: 'restricted' | 'baseline';
  readonly values: (place: ChartPlace) => Readonly<Record<string, unknown>>;
}

/** What each chart of the baseline is. */
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
    podSecurity: 'restricted',
    // Certificates outlive the chart: without its definitions all of them would be deleted.
    values: () => ({ crds: { enabled: true, keep: true } }),
  },
  ingress_nginx: {
    repository: 'https://kubernetes.github.io/ingress-nginx',
    chart: 'ingress-nginx',
    namespace: 'ingress-nginx',
    podSecurity: 'baseline',
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
    podSecurity: 'restricted',
    values: ({ roleArn }) => ({
      installCRDs: true,
      serviceAccount: { name: 'external-secrets', annotations: { 'eks.amazonaws.com/role-arn': roleArn } },
    }),
  },
  gpu_plugin: {
    repository: 'https://nvidia.github.io/k8s-device-plugin',
    chart: 'nvidia-device-plugin',
    // It reaches the devices of its node, which no level below `privileged` lets it.
    namespace: 'kube-system',
    values: () => ({
      nodeSelector: { 'terrace.dev/nodes': 'gpu' },
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    }),
  },
};
