/** The kinds of resources that policies are about, as patterns of ARNs. Source: AWS, Service Authorization Reference. */

/** Whose resources: values of one account, or what stands for them in a template. */
export interface Place {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** What every name of the tenant begins with; see `tenantPrefix` of src/spec/names.ts. */
  readonly prefix: string;
  /** Names of the two roles, for what they may do to themselves. */
  readonly planRole: RoleName;
  readonly applyRole: RoleName;
}

export interface RoleName {
  readonly name: string;
  /** `/`, or such as `/ops/`. */
  readonly path: string;
}

/** Of a role's ARN, or the usual one where there is none yet. */
export function roleName(arn: string | null, usual: string): RoleName {
  const [, path = '/', name = usual] = /^[^/]*:role(\/(?:.*\/)?)([^/]+)$/.exec(arn ?? '') ?? [];
  return { path, name };
}

type Pattern = (place: Place) => readonly string[];

const ec2 =
  (type: string): Pattern =>
  ({ partition, accountId }) => [`arn:${partition}:ec2:*:${accountId}:${type}/*`];
/** Of a service whose resources have names: those of the tenant. */
const named =
  (service: string, ...rests: readonly string[]): Pattern =>
  ({ partition, accountId, prefix }) =>
    rests.map((rest) => `arn:${partition}:${service}:*:${accountId}:${rest.replace('PREFIX', prefix)}`);
const iam =
  (rest: string): Pattern =>
  ({ partition, accountId, prefix }) => [
    `arn:${partition}:iam::${accountId}:${rest.replace('PREFIX', prefix)}`,
  ];
/** Bucket names end with eight digits of a hash, and may begin with a word that the spec gives. */
const buckets =
  (rest: string): Pattern =>
  ({ partition, prefix }) =>
    ['', '*-'].map((before) => `arn:${partition}:s3:::${before}${prefix}*-????????${rest}`);

export const resourceKinds = {
  /** For actions that take no resource, or lists. */
  all: () => ['*'],
  vpc: ec2('vpc'),
  subnet: ec2('subnet'),
  'internet-gateway': ec2('internet-gateway'),
  'route-table': ec2('route-table'),
  'elastic-ip': ec2('elastic-ip'),
  natgateway: ec2('natgateway'),
  'vpc-endpoint': ec2('vpc-endpoint'),
  'vpc-flow-log': ec2('vpc-flow-log'),
  'security-group': ec2('security-group'),
  'security-group-rule': ec2('security-group-rule'),
  'launch-template': ec2('launch-template'),
  instance: ec2('instance'),
  volume: ec2('volume'),
  'network-interface': ec2('network-interface'),
  image: ({ partition }) => [`arn:${partition}:ec2:*::image/*`],
  cluster: named('eks', 'cluster/PREFIX*'),
  nodegroup: named('eks', 'nodegroup/PREFIX*/*/*'),
  addon: named('eks', 'addon/PREFIX*/*/*'),
  'access-entry': named('eks', 'access-entry/PREFIX*/*'),
  /** Clusters that somebody else keeps, too. */
  'any-cluster': named('eks', 'cluster/*'),
  role: iam('role/PREFIX*'),
  'oidc-provider': iam('oidc-provider/oidc.eks.*'),
  'service-linked-role': iam('role/aws-service-role/*'),
  'own-roles': ({ partition, accountId, planRole, applyRole }) =>
    [planRole, applyRole].map(({ path, name }) => `arn:${partition}:iam::${accountId}:role${path}${name}`),
  key: named('kms', 'key/*'),
  alias: named('kms', 'alias/PREFIX*'),
  'log-group': named('logs', 'log-group:/aws/eks/PREFIX*', 'log-group:/terrace/PREFIX*'),
  db: named('rds', 'db:PREFIX*'),
  pg: named('rds', 'pg:PREFIX*'),
  subgrp: named('rds', 'subgrp:PREFIX*'),
  og: named('rds', 'og:default:*'),
  snapshot: named('rds', 'snapshot:PREFIX*'),
  'auto-backup': named('rds', 'auto-backup:*'),
  'rds-secret': named('secretsmanager', 'secret:rds!db-*'),
  replicationgroup: named('elasticache', 'replicationgroup:PREFIX*'),
  'cache-cluster': named('elasticache', 'cluster:PREFIX*'),
  parametergroup: named('elasticache', 'parametergroup:default.*'),
  subnetgroup: named('elasticache', 'subnetgroup:PREFIX*'),
  user: named('elasticache', 'user:PREFIX*'),
  usergroup: named('elasticache', 'usergroup:PREFIX*'),
  serverlesscache: named('elasticache', 'serverlesscache:PREFIX*'),
  bucket: buckets(''),
  object: buckets('/*'),
} as const satisfies Readonly<Record<string, Pattern>>;

export type ResourceKind = keyof typeof resourceKinds;

export function arnsOf(kinds: readonly ResourceKind[], place: Place): string[] {
  return [...new Set([...kinds].sort().flatMap((kind) => resourceKinds[kind](place)))];
}
