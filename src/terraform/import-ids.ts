/** Which id imports a resource that an apply created but no state records: one line for each type of the blueprints. Pure. */

type Values = Readonly<Record<string, unknown>>;

/**
 * How a type is imported. `arguments`: the id is made of its arguments (`{name}`, `{metadata.name}`; `?` = may be absent), so it
 * is known before the object is; `reported` tells whether the id that the apply reports serves as well. `reported`: the cloud
 * makes the id. `never`: its provider cannot import it, or an import would invent a value.
 */
export type ImportRule =
  | { readonly kind: 'arguments'; readonly form: string; readonly reported: boolean }
  | { readonly kind: 'reported' }
  | { readonly kind: 'never'; readonly why: string };

const by = (form: string): ImportRule => ({ kind: 'arguments', form, reported: true });
const onlyBy = (form: string): ImportRule => ({ kind: 'arguments', form, reported: false });
const reported: ImportRule = { kind: 'reported' };
const never = (why: string): ImportRule => ({ kind: 'never', why });
const inNamespace = by('{metadata.namespace:default}/{metadata.name}');
const inCluster = by('{metadata.name}');
const randomValue = never('its import id is its value, perhaps a secret');

/** Sources: the section "Import" of each resource in the documentation of its provider. */
export const importRules: Readonly<Record<string, ImportRule>> = {
  aws_cloudwatch_log_group: by('{name}'),
  aws_db_instance: onlyBy('{identifier}'),
  aws_db_parameter_group: by('{name}'),
  aws_db_subnet_group: by('{name}'),
  aws_default_security_group: reported,
  aws_eip: reported,
  aws_eks_access_entry: by('{cluster_name}:{principal_arn}'),
  aws_eks_access_policy_association: by('{cluster_name}#{principal_arn}#{policy_arn}'),
  aws_eks_addon: by('{cluster_name}:{addon_name}'),
  aws_eks_cluster: by('{name}'),
  aws_eks_node_group: by('{cluster_name}:{node_group_name}'),
  aws_elasticache_parameter_group: by('{name}'),
  aws_elasticache_replication_group: by('{replication_group_id}'),
  aws_elasticache_serverless_cache: by('{name}'),
  aws_elasticache_subnet_group: by('{name}'),
  aws_elasticache_user: by('{user_id}'),
  aws_elasticache_user_group: by('{user_group_id}'),
  aws_flow_log: reported,
  aws_iam_openid_connect_provider: reported,
  aws_iam_policy: reported,
  aws_iam_role: by('{name}'),
  aws_iam_role_policy: by('{role}:{name}'),
  aws_iam_role_policy_attachment: onlyBy('{role}/{policy_arn}'),
  aws_internet_gateway: reported,
  aws_kms_alias: by('{name}'),
  aws_kms_key: reported,
  aws_launch_template: reported,
  aws_nat_gateway: reported,
  aws_route: onlyBy('{route_table_id}_{destination_cidr_block|destination_ipv6_cidr_block}'),
  aws_route_table: reported,
  aws_route_table_association: onlyBy('{subnet_id|gateway_id}/{route_table_id}'),
  aws_s3_bucket: by('{bucket}'),
  aws_s3_bucket_lifecycle_configuration: by('{bucket}'),
  aws_s3_bucket_ownership_controls: by('{bucket}'),
  aws_s3_bucket_policy: by('{bucket}'),
  aws_s3_bucket_public_access_block: by('{bucket}'),
  aws_s3_bucket_server_side_encryption_configuration: by('{bucket}'),
  aws_s3_bucket_versioning: by('{bucket}'),
  aws_secretsmanager_secret: reported,
  aws_secretsmanager_secret_version: reported,
  aws_security_group: reported,
  aws_subnet: reported,
  aws_vpc: reported,
  aws_vpc_endpoint: reported,
  aws_vpc_endpoint_route_table_association: onlyBy('{vpc_endpoint_id}/{route_table_id}'),
  aws_vpc_security_group_egress_rule: reported,
  aws_vpc_security_group_ingress_rule: reported,
  docker_container: reported,
  docker_image: never('to make it is to find it'),
  docker_network: reported,
  docker_volume: by('{name}'),
  helm_release: onlyBy('{namespace:default}/{name}'),
  kubernetes_cluster_role_binding_v1: inCluster,
  kubernetes_cluster_role_v1: inCluster,
  kubernetes_config_map_v1: inNamespace,
  kubernetes_cron_job_v1: inNamespace,
  kubernetes_daemon_set_v1: inNamespace,
  kubernetes_deployment_v1: inNamespace,
  kubernetes_horizontal_pod_autoscaler_v2: inNamespace,
  kubernetes_ingress_v1: inNamespace,
  kubernetes_job_v1: inNamespace,
  kubernetes_limit_range_v1: inNamespace,
  kubernetes_manifest: onlyBy(
    'apiVersion={manifest.apiVersion},kind={manifest.kind}{,namespace=manifest.metadata.namespace?},name={manifest.metadata.name}',
  ),
  kubernetes_namespace_v1: inCluster,
  kubernetes_network_policy_v1: inNamespace,
  kubernetes_persistent_volume_claim_v1: inNamespace,
  kubernetes_pod_disruption_budget_v1: inNamespace,
  kubernetes_priority_class_v1: inCluster,
  kubernetes_resource_quota_v1: inNamespace,
  kubernetes_role_binding_v1: inNamespace,
  kubernetes_role_v1: inNamespace,
  kubernetes_secret_v1: inNamespace,
  kubernetes_service_account_v1: inNamespace,
  kubernetes_service_v1: inNamespace,
  kubernetes_stateful_set_v1: inNamespace,
  kubernetes_storage_class_v1: inCluster,
  postgresql_database: by('{name}'),
  postgresql_default_privileges: never('its provider cannot; to set it again is to have it'),
  postgresql_extension: by('{database:postgres}.{name}'),
  postgresql_grant: never('its provider cannot; to grant it again is to have it'),
  postgresql_role: by('{name}'),
  postgresql_schema: by('{database:postgres}.{name}'),
  random_bytes: randomValue,
  random_id: randomValue,
  random_integer: randomValue,
  random_password: randomValue,
  random_string: randomValue,
  random_uuid: randomValue,
};

/** The import id that the arguments alone determine; undefined when they do not, or are not all known. */
export function importId(resourceType: string, values: Values): string | undefined {
  const rule = importRules[resourceType];
  return rule?.kind === 'arguments' ? filled(rule.form, values) : undefined;
}

/** The import id: by the arguments, else the one that the apply reported (null = none). Undefined = there is no way to import it. */
export function importIdOf(
  resourceType: string,
  values: Values,
  reportedId: string | null,
): string | undefined {
  const rule = importRules[resourceType] ?? { kind: 'reported' };
  if (rule.kind === 'never') return undefined;
  const serves = rule.kind === 'reported' || rule.reported;
  return importId(resourceType, values) ?? (serves ? (reportedId ?? undefined) : undefined);
}

/** False where an import would invent a value, or is not possible. */
export function canImport(address: string): boolean {
  const type = /(?:^|\.)([a-z0-9_]+)\.[^.[\]]+(?:\[[^\]]*\])?$/.exec(address)?.[1] ?? '';
  return importRules[type]?.kind !== 'never';
}

/** Fills `{path}`, `{path:default}`, `{one|other}` and `{,text=path?}`. */
function filled(form: string, values: Values): string | undefined {
  let whole = true;
  const id = form.replace(/\{(?:(,[^=}]*=)([^?}]+)\?|([^}:]+)(?::([^}]*))?)\}/g, (_, ...found: unknown[]) => {
    const [prefix, optional, paths, otherwise] = found as (string | undefined)[];
    if (optional !== undefined) {
      const text = textAt(values, optional);
      return text === undefined ? '' : `${prefix ?? ''}${text}`;
    }
    const text = (paths ?? '')
      .split('|')
      .map((path) => textAt(values, path))
      .find((one) => one !== undefined);
    if (text === undefined && otherwise === undefined) whole = false;
    return text ?? otherwise ?? '';
  });
  return whole ? id : undefined;
}

/** Follows members; the only entry of a block stands for it. */
function textAt(values: Values, path: string): string | undefined {
  const value = path.split('.').reduce<unknown>((at, member) => {
    const inner: unknown = Array.isArray(at) ? at[0] : at;
    return isValues(inner) ? inner[member] : undefined;
  }, values);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isValues(value: unknown): value is Values {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
