/** Names that services give limits to, for tenants that call themselves anything. */
import { describe, expect, test } from '@jest/globals';
import { inputOf } from '../inputs.js';
import { kits } from '../kits/kits.js';
import { stackOf, type StackJson } from '../stack-json.js';

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Type and attribute -> the form that the service takes. Sources: the API references of Kubernetes, RDS, ElastiCache, EC2, EKS, IAM, S3. */
const forms: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  aws_db_instance: {
    identifier: /^(?!.*--)[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
    final_snapshot_identifier: /^(?!.*--)[a-zA-Z][a-zA-Z0-9-]{0,253}[a-zA-Z0-9]$/,
    db_name: /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/,
    username: /^[a-zA-Z][a-zA-Z0-9_]{0,15}$/,
  },
  aws_db_subnet_group: { name: /^[a-z0-9._ -]{1,255}$/ },
  aws_db_parameter_group: { name: /^(?!.*--)[a-z][a-z0-9-]{0,253}[a-z0-9]$/ },
  aws_elasticache_replication_group: { replication_group_id: /^(?!.*--)[a-z][a-z0-9-]{0,38}[a-z0-9]$/ },
  aws_elasticache_serverless_cache: { name: /^(?!.*--)[a-z][a-z0-9-]{0,38}[a-z0-9]$/ },
  aws_elasticache_subnet_group: { name: /^[a-zA-Z0-9-]{1,255}$/ },
  aws_elasticache_user: { user_id: /^(?!.*--)[a-z][a-z0-9-]{0,38}[a-z0-9]$/ },
  aws_elasticache_user_group: { user_group_id: /^(?!.*--)[a-z][a-z0-9-]{0,38}[a-z0-9]$/ },
  aws_security_group: { name: /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/ },
  aws_eks_cluster: { name: /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/ },
  aws_eks_node_group: { node_group_name: /^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/ },
  aws_iam_role: { name: /^[\w+=,.@-]{1,64}$/ },
  aws_iam_policy: { name: /^[\w+=,.@-]{1,128}$/ },
  aws_launch_template: { name: /^[\w()./-]{3,128}$/ },
  aws_kms_alias: { name: /^alias\/(?!aws\/)[a-zA-Z0-9/_-]{1,250}$/ },
  aws_s3_bucket: { bucket: /^(?!xn--)(?!.*-s3alias$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/ },
  aws_cloudwatch_log_group: { name: /^[\w./#-]{1,512}$/ },
  helm_release: { name: /^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$/ },
  postgresql_role: { name: /^[a-z_][a-z0-9_]{0,62}$/ },
  postgresql_schema: { name: /^[a-z_][a-z0-9_]{0,62}$/ },
  docker_container: { name: /^[a-zA-Z0-9][\w.-]{0,62}$/ },
  docker_network: { name: /^[a-zA-Z0-9][\w.-]{0,62}$/ },
  docker_volume: { name: /^[a-zA-Z0-9][\w.-]{0,62}$/ },
};

const hostile = [
  'acme',
  'Ünïcødé Größe ß 株式会社',
  '株式会社',
  '9 lives',
  '---',
  'a'.repeat(200),
  `${'x'.repeat(60)}-${'-'.repeat(60)}y`,
  '${aws_db_instance.other.password}',
  "'; drop table tenants; --",
  'sg-acme',
  'kube-system',
  '\u202Eevil\u200B',
];

function namesOf(stack: StackJson): { at: string; name: string; form: RegExp }[] {
  return Object.entries(stack.resource).flatMap(([type, byName]) =>
    Object.entries(byName).flatMap(([id, body]) => {
      const at = `${type}.${id}`;
      const given = Object.entries(forms[type] ?? {}).filter(([member]) => typeof body[member] === 'string');
      const own = given.map(([member, form]) => ({
        at: `${at}.${member}`,
        name: body[member] as string,
        form,
      }));
      const { name } = ([body['metadata']].flat()[0] as { name?: string } | undefined) ?? {};
      const metadata =
        type.startsWith('kubernetes_') && name !== undefined
          ? [{ at: `${at}.metadata.name`, name, form: label }]
          : [];
      return [...own, ...metadata].filter((one) => !/^\$\{.*\}$/.test(one.name));
    }),
  );
}

/** Names within a namespace, a database or a cluster of the environment's own. */
const fixed = ['app', 'tenant', 'terrace', 'cert-manager', 'external-secrets', 'ingress-nginx'];

describe.each(kits.map((kit) => [kit.blueprint.ref, kit] as const))('names of %s', (ref, kit) => {
  test.each(hostile)('hold for a tenant called %j', (name) => {
    const input = inputOf(
      { ...kit.everything },
      { blueprint: ref, tenant_slug: name, tenant_name: name, environment_name: name },
    );
    const wrong = namesOf(stackOf(input)).filter((one) => !one.form.test(one.name));
    expect(wrong.map(({ at, name: text, form }) => `${at}: ${text} is not ${String(form)}`)).toEqual([]);
  });

  test('differ between two environments of one name', () => {
    const namesFor = (environment_id: string) =>
      namesOf(stackOf(inputOf({ ...kit.everything }, { blueprint: ref, environment_id })))
        .filter(({ at }) => /^(aws_|kubernetes_namespace|docker_|postgresql_)/.test(at))
        .map((one) => one.name);
    const shared = new Set(namesFor('env_2'));
    expect(namesFor('env_1').filter((name) => shared.has(name) && !fixed.includes(name))).toEqual([]);
  });
});
