import { awsTypes } from './all-types-aws.js';
import { dockerTypes } from './all-types-docker.js';
import { kubernetesTypes } from './all-types-kubernetes.js';
import { postgresqlTypes } from './all-types-postgresql.js';
import { randomTypes } from './all-types-random.js';

/** A stack with every type the sandbox serves, in the form that CDKTF writes: unset members left out. */
export interface Variant {
  readonly name?: string;
  readonly pods?: string;
  readonly chartVersion?: string;
  readonly password?: string;
}

export const providers = {
  terraform: {
    required_providers: {
      aws: { source: 'hashicorp/aws', version: '6.25.0' },
      kubernetes: { source: 'hashicorp/kubernetes', version: '2.38.0' },
      helm: { source: 'hashicorp/helm', version: '3.1.1' },
      docker: { source: 'kreuzwerker/docker', version: '3.6.2' },
      postgresql: { source: 'cyrilgdn/postgresql', version: '1.26.0' },
      random: { source: 'hashicorp/random', version: '3.7.2' },
    },
  },
  provider: {
    aws: [
      {
        region: 'eu-central-1',
        default_tags: [{ tags: { engine: 'terrace' } }],
        allowed_account_ids: ['${var.account}'],
      },
    ],
    kubernetes: [{ host: 'https://127.0.0.1:6443', token: 'none' }],
    helm: [{ kubernetes: { host: 'https://127.0.0.1:6443', token: 'none' } }],
    docker: [{ host: 'tcp://127.0.0.1:2375' }],
    postgresql: [{ host: '127.0.0.1', username: 'postgres', password: 'none', superuser: false }],
    random: [{}],
  },
  variable: { account: { type: 'string', default: null } },
};

/** All types, each resource called `main`. */
export function allTypes(accountId: string, variant: Variant = {}) {
  const { name = 'acme', pods = '20', chartVersion = '1.2.3', password = 'correct-horse' } = variant;
  const full = { name, pods, chartVersion, password };
  return {
    ...providers,
    variable: { account: { type: 'string', default: accountId } },
    data: { aws_caller_identity: { me: {} } },
    resource: {
      ...randomTypes,
      ...kubernetesTypes(full),
      ...dockerTypes(full),
      ...postgresqlTypes(full),
      ...awsTypes(full),
    },
    output: {
      account: { value: '${data.aws_caller_identity.me.account_id}' },
      database: { value: '${aws_db_instance.main.endpoint}' },
      cache: { value: '${aws_elasticache_replication_group.main.primary_endpoint_address}' },
      ingress: { value: '${kubernetes_ingress_v1.main.status[0].load_balancer[0].ingress[0].hostname}' },
      release: { value: '${helm_release.main.status}' },
      suffix: { value: '${random_id.main.hex}' },
      password: { value: '${random_password.main.result}', sensitive: true },
    },
  };
}

/** A namespace and one thing in it: the least stack. */
export function small(name: string, pods = '10'): object {
  return {
    ...providers,
    provider: { kubernetes: [{}] },
    resource: {
      kubernetes_namespace_v1: { main: { metadata: [{ name }] } },
      kubernetes_resource_quota_v1: {
        main: {
          metadata: [
            {
              name: 'quota',
              namespace: '${kubernetes_namespace_v1.main.metadata[0].name}',
              labels: { 'example.com/team': 'owners' },
            },
          ],
          spec: [{ hard: { pods } }],
        },
      },
    },
  };
}
