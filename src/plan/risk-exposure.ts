/** Rules about what becomes reachable for everybody. Pure. */
import { isChanged, isUnknown, list, texts, valueAt, type RiskFacts, type RiskRule } from './risk-rule.js';
import { opensToEverybody } from './risk-network-policy.js';
import { widePrincipals } from './risk-statements.js';

const everywhere = new Set(['0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/1']);

const openRanges = (ranges: readonly unknown[]): string[] =>
  texts(ranges).filter((range) => everywhere.has(range));

/** The ranges that a security group or a rule of one lets in. */
function letIn(type: string, tree: unknown): string[] {
  if (type === 'aws_vpc_security_group_ingress_rule')
    return openRanges([valueAt(tree, 'cidr_ipv4'), valueAt(tree, 'cidr_ipv6')]);
  const rules = type === 'aws_security_group_rule' ? ruleItself(tree) : list(valueAt(tree, 'ingress'));
  return openRanges(
    rules.flatMap((rule) => [
      ...list(valueAt(rule, 'cidr_blocks')),
      ...list(valueAt(rule, 'ipv6_cidr_blocks')),
    ]),
  );
}

const ruleItself = (tree: unknown): unknown[] => (valueAt(tree, 'type') === 'ingress' ? [tree] : []);

function openedTo({ type, before, after }: RiskFacts): string | undefined {
  const known = new Set(letIn(type, before));
  const added = letIn(type, after).filter((range) => !known.has(range));
  return added.length === 0 ? undefined : `lets in everybody from ${[...new Set(added)].join(' and ')}`;
}

/** True when a flag is on afterwards and was not before. */
const turnedOn = ({ before, after }: RiskFacts, path: string): boolean =>
  valueAt(after, path) === true && valueAt(before, path) !== true;

const blocks = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];
const loadBalancerScheme = 'metadata.0.annotations';
const schemeKeys = [
  'alb.ingress.kubernetes.io/scheme',
  'service.beta.kubernetes.io/aws-load-balancer-scheme',
] as const;

const isInternetFacing = (tree: unknown): boolean => {
  const annotations = valueAt(tree, loadBalancerScheme);
  if (annotations === null || typeof annotations !== 'object') return false;
  return schemeKeys.some((key) => (annotations as Record<string, unknown>)[key] === 'internet-facing');
};

const publicCluster = (tree: unknown): boolean =>
  valueAt(tree, 'vpc_config.0.endpoint_public_access') === true &&
  (list(valueAt(tree, 'vpc_config.0.public_access_cidrs')).length === 0 ||
    openRanges(list(valueAt(tree, 'vpc_config.0.public_access_cidrs'))).length > 0);

export const exposureRules: readonly RiskRule[] = [
  {
    code: 'opened_to_everybody',
    risk: 'high',
    types:
      /^aws_(default_security_group|security_group|security_group_rule|vpc_security_group_ingress_rule)$/,
    about: 'a security group lets in 0.0.0.0/0 or ::/0',
    finds: openedTo,
  },
  {
    code: 'policy_opened',
    risk: 'high',
    types: /^kubernetes_network_policy(_v1)?$/,
    about: 'a network policy lets in everybody, or one that was a wall is deleted',
    finds: (facts) => {
      if (facts.action === 'delete')
        return facts.ending ? undefined : 'is deleted; what it kept out is let in';
      const opened = opensToEverybody(facts.after) && !opensToEverybody(facts.before);
      return opened ? 'lets in everybody' : undefined;
    },
  },
  {
    code: 'database_public',
    risk: 'critical',
    types: /^aws_(db_instance|rds_cluster_instance|redshift_cluster|dms_replication_instance)$/,
    about: 'a database gets a public address',
    finds: (facts) => (turnedOn(facts, 'publicly_accessible') ? 'gets a public address' : undefined),
  },
  {
    code: 'bucket_public',
    risk: 'critical',
    types: /^aws_s3_(bucket_public_access_block|account_public_access_block|bucket_acl)$/,
    about: 'the block of public access to a bucket is taken off, or its list of rights is public',
    finds: (facts) => {
      if (facts.type === 'aws_s3_bucket_acl')
        return /^public-/.test(String(valueAt(facts.after, 'acl'))) &&
          valueAt(facts.after, 'acl') !== valueAt(facts.before, 'acl')
          ? 'makes the bucket public'
          : undefined;
      if (facts.action === 'delete')
        return facts.ending ? undefined : 'is deleted; the bucket can be made public';
      const off = blocks.filter(
        (path) =>
          valueAt(facts.after, path) !== true &&
          !isUnknown(facts, path) &&
          valueAt(facts.before, path) !== false,
      );
      return off.length === 0 ? undefined : `does without ${off.join(', ')}; the bucket can be made public`;
    },
  },
  {
    code: 'policy_public',
    risk: 'critical',
    types:
      /^(aws_(s3_bucket_policy|kms_key|kms_key_policy|sqs_queue_policy|sns_topic_policy|secretsmanager_secret_policy|iam_role))$/,
    about: 'a policy grants to everybody',
    finds: ({ type, before, after }) => {
      const path = type === 'aws_iam_role' ? 'assume_role_policy' : 'policy';
      const known = widePrincipals(valueAt(before, path));
      const added = widePrincipals(valueAt(after, path)).filter((one) => !known.includes(one));
      return added.length === 0 ? undefined : 'grants to everybody (principal "*")';
    },
  },
  {
    code: 'load_balancer_public',
    risk: 'high',
    types: /^(kubernetes_service(_v1)?|aws_lb|aws_alb|kubernetes_ingress_v1)$/,
    about:
      'something gets a public address through a load balancer or an ingress, in an environment that exists',
    finds: (facts) => {
      const { type, before, after, first } = facts;
      if (first) return undefined;
      if (type === 'aws_lb' || type === 'aws_alb')
        return valueAt(after, 'internal') === false && valueAt(before, 'internal') !== false
          ? 'is reached from the internet'
          : undefined;
      if (isInternetFacing(after) && !isInternetFacing(before)) return 'is reached from the internet';
      if (type === 'kubernetes_ingress_v1')
        return facts.action === 'create' ? 'gives an address to what had none' : undefined;
      const kind = 'spec.0.type';
      return valueAt(after, kind) === 'LoadBalancer' && valueAt(before, kind) !== 'LoadBalancer'
        ? 'becomes a load balancer'
        : undefined;
    },
  },
  {
    code: 'cluster_public',
    risk: 'high',
    types: /^aws_eks_cluster$/,
    about: "a cluster's API is reached from everywhere",
    finds: (facts) =>
      publicCluster(facts.after) &&
      !publicCluster(facts.before) &&
      (isChanged(facts) || facts.action === 'create')
        ? 'opens its API to everybody'
        : undefined,
  },
];
