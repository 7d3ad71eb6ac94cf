/** Rules about who may do more than before. Pure. */
import { isUnknown, list, texts, valueAt, type RiskFacts, type RiskRule } from './risk-rule.js';
import { addedGrants, deniesLess, isAdministrator } from './risk-statements.js';

const policyPaths: Readonly<Record<string, string>> = { aws_iam_role: 'assume_role_policy' };
const policyTypes =
  /^aws_(iam_(policy|role|role_policy|user_policy|group_policy)|kms_key|kms_key_policy|s3_bucket_policy|sqs_queue_policy|sns_topic_policy|secretsmanager_secret_policy|vpc_endpoint)$/;

const pathOf = ({ type }: RiskFacts): string => policyPaths[type] ?? 'policy';
const added = (facts: RiskFacts) =>
  addedGrants(valueAt(facts.before, pathOf(facts)), valueAt(facts.after, pathOf(facts)));

const bindings =
  /^(aws_iam_(role|user|group)_policy_attachment|aws_iam_policy_attachment|aws_eks_access_policy_association|kubernetes_(cluster_)?role_binding(_v1)?)$/;
const administrator = /(AdministratorAccess|AmazonEKSClusterAdminPolicy|^cluster-admin)$/;

/** The right that a binding gives; undefined while it is not known. */
const boundTo = (tree: unknown): string | undefined =>
  texts([valueAt(tree, 'policy_arn'), valueAt(tree, 'role_ref.0.name')])[0];

const isNew = ({ before, after, action }: RiskFacts): boolean =>
  action === 'create' ||
  ((action === 'update' || action === 'replace') && boundTo(before) !== boundTo(after));

/** What the rules of a role in Kubernetes allow: `<group>/<resource>:<verb>`. */
function allowed(tree: unknown): string[] {
  return list(valueAt(tree, 'rule')).flatMap((rule) => {
    const of = (name: string): string[] => texts(valueAt(rule, name));
    const resources = [...of('resources'), ...of('non_resource_urls')];
    return of('verbs').flatMap((verb) =>
      resources.flatMap((resource) =>
        (of('api_groups').length === 0 ? [''] : of('api_groups')).map(
          (group) => `${group}/${resource}:${verb}`,
        ),
      ),
    );
  });
}

const everything = '*/*:*';

export const rightsRules: readonly RiskRule[] = [
  {
    code: 'administrator_granted',
    risk: 'critical',
    types: new RegExp(`${policyTypes.source}|${bindings.source}|^kubernetes_(cluster_)?role(_v1)?$`),
    about: 'a policy, role or binding gives every right',
    finds: (facts) => {
      if (policyTypes.test(facts.type)) {
        const resourcePolicy = /_policy$|kms_key|endpoint/.test(facts.type) && !/iam_/.test(facts.type);
        if (resourcePolicy || facts.type === 'aws_iam_role') return undefined;
        return added(facts).some(isAdministrator) ? 'allows every action on everything' : undefined;
      }
      if (bindings.test(facts.type))
        return isNew(facts) && administrator.test(boundTo(facts.after) ?? '') && !facts.first
          ? 'gives every right'
          : undefined;
      return allowed(facts.after).includes(everything) && !allowed(facts.before).includes(everything)
        ? 'allows everything'
        : undefined;
    },
  },
  {
    code: 'rights_widened',
    risk: 'high',
    types: policyTypes,
    about: 'a policy allows an action, a resource or a principal that it did not, or denies less',
    finds: (facts) => {
      if (facts.first || facts.action === 'delete' || facts.type === 'aws_vpc_endpoint') return undefined;
      const grants = added(facts);
      if (grants.length > 0) {
        const names = [...new Set(grants.map(({ action }) => action))];
        const shown =
          names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
        return facts.action === 'create' ? `allows ${shown}` : `allows more than before: ${shown}`;
      }
      return deniesLess(valueAt(facts.before, pathOf(facts)), valueAt(facts.after, pathOf(facts))) &&
        !isUnknown(facts, pathOf(facts))
        ? 'denies less than before'
        : undefined;
    },
  },
  {
    code: 'rights_unknown',
    risk: 'high',
    types: policyTypes,
    about: 'what a policy will allow is known only after the apply',
    finds: (facts) =>
      !facts.first &&
      facts.type !== 'aws_vpc_endpoint' &&
      !isComputed(facts) &&
      isUnknown(facts, pathOf(facts))
        ? 'has a policy that is known only after the apply'
        : undefined,
  },
  {
    code: 'right_granted',
    risk: 'high',
    types: bindings,
    about: 'a right is given to somebody, in an environment that exists',
    finds: (facts) => (isNew(facts) && !facts.first ? 'gives a right to somebody' : undefined),
  },
  {
    code: 'role_widened',
    risk: 'high',
    types: /^kubernetes_(cluster_)?role(_v1)?$/,
    about: 'a role in Kubernetes allows more',
    finds: (facts) => {
      if (facts.first || facts.action === 'delete') return undefined;
      const known = allowed(facts.before);
      const more = allowed(facts.after).filter((one) => !known.includes(one) && !known.includes(everything));
      return more.length === 0 ? undefined : `allows more than before: ${more.slice(0, 5).join(', ')}`;
    },
  },
];

/** A new key without a policy of its own gets that of AWS, which is told after the apply. */
const isComputed = ({ type, action }: RiskFacts): boolean => type === 'aws_kms_key' && action === 'create';
