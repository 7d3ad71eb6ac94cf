/** Which id imports a resource that an apply created but no state records. Pure. */

type Values = Readonly<Record<string, unknown>>;

const clusterScoped =
  /^kubernetes_(namespace|cluster_role|cluster_role_binding|persistent_volume|storage_class|priority_class|ingress_class)(_v1)?$/;

/** AWS types whose import id is an argument; the others are imported by the id that the apply reported (`id_value`). */
const awsIdArgument: Readonly<Record<string, string>> = {
  aws_db_instance: 'identifier',
  aws_db_subnet_group: 'name',
  aws_db_parameter_group: 'name',
  aws_elasticache_replication_group: 'replication_group_id',
  aws_elasticache_cluster: 'cluster_id',
  aws_elasticache_subnet_group: 'name',
  aws_elasticache_parameter_group: 'name',
  aws_s3_bucket: 'bucket',
  aws_iam_role: 'name',
};

/** The import id that the planned arguments alone determine; undefined when they do not. */
export function importId(resourceType: string, values: Values): string | undefined {
  const argument = awsIdArgument[resourceType];
  if (argument !== undefined) return text(values[argument]);
  if (resourceType === 'helm_release') return namespaced(values);
  if (!resourceType.startsWith('kubernetes_')) return undefined;
  const metadata: unknown = Array.isArray(values.metadata) ? values.metadata[0] : values.metadata;
  if (!isValues(metadata)) return undefined;
  return clusterScoped.test(resourceType) ? text(metadata.name) : namespaced(metadata);
}

/** False where an import would invent a value: the import id of a `random_*` resource is its result, perhaps a secret. */
export function canImport(address: string): boolean {
  return !/(^|\.)random_[a-z]+\./.test(address);
}

function namespaced(values: Values): string | undefined {
  const name = text(values.name);
  return name === undefined ? undefined : `${text(values.namespace) ?? 'default'}/${name}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isValues(value: unknown): value is Values {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
