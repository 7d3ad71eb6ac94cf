import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1/index.js';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1/index.js';
import { Construct } from 'constructs';
import { commonLabels, type AppContext } from './context.js';

export interface NamespaceProps {
  readonly context: AppContext;
}

/** The namespace of the environment, held to a Pod Security level, and the application's service account. */
export class Namespace extends Construct {
  /** The name as a reference: whoever uses it comes after the namespace. */
  readonly namespace: string;
  readonly serviceAccount: ServiceAccountV1;

  constructor(scope: Construct, id: string, { context }: NamespaceProps) {
    super(scope, id);
    const { input, names, spec } = context;
    const resource = new NamespaceV1(this, '$namespace', {
      metadata: {
        name: names.namespace,
        labels: {
          ...spec.labels,
          ...commonLabels(context),
          'pod-security.kubernetes.io/enforce': spec.pod_security,
          'pod-security.kubernetes.io/audit': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
        annotations: {
          ...spec.annotations,
          ...Object.fromEntries(
            Object.entries(input.labels).map(([key, value]) => [`labels.terrace.dev/${key}`, value]),
          ),
          'terrace.dev/tenant': input.tenant_name,
          'terrace.dev/environment': input.environment_name,
        },
      },
    });
    this.namespace = resource.metadata.name;
    const role = spec.service_account.role_arn;
    this.serviceAccount = new ServiceAccountV1(this, '$service-account', {
      metadata: {
        name: 'app',
        namespace: this.namespace,
        labels: commonLabels(context),
        annotations: role === undefined ? undefined : { 'eks.amazonaws.com/role-arn': role },
      },
      automountServiceAccountToken: false,
    });
  }
}
