/** In which order things have to go, whatever Terraform thinks, held against its own graph of a destroy. */

/** What goes first, and what has to be there while it goes: patterns of addresses. */
const rules: readonly (readonly [first: RegExp, later: RegExp])[] = [
  // What cleans up after itself in the cluster, before the place that it runs in.
  [/^(helm_release|kubernetes_\w+)\./, /^aws_eks_(cluster|node_group)\./],
  [
    /^(helm_release\.(?!baseline_|app$)|kubernetes_(?!namespace)\w+\.)/,
    /^kubernetes_namespace_v1\.namespace$/,
  ],
  ...['app', 'baseline_cert_manager', 'baseline_ingress_nginx'].map(
    (name) => [RegExp(`^helm_release\\.${name}$`), RegExp(`^kubernetes_namespace_v1\\.${name}$`)] as const,
  ),
  // Nodes hold addresses and volumes in the network, by the rights of their role.
  [/^aws_eks_(node_group|addon|access_entry)\./, /^aws_eks_cluster\./],
  [/^aws_eks_node_group\./, /^aws_iam_role(_policy_attachment)?\.cluster_nodes/],
  [/^aws_eks_cluster\./, /^aws_iam_role(_policy_attachment)?\.cluster(_cluster)?$/],
  [/^aws_eks_(cluster|node_group)\./, /^aws_(subnet\.network_private|vpc\.)/],
  // Groups are refused while they have members.
  [/^aws_db_instance\./, /^aws_(db_subnet_group|db_parameter_group|vpc)\.|^aws_subnet\.network_private/],
  [
    /^aws_elasticache_(replication_group|serverless_cache)\./,
    /^aws_(elasticache_subnet_group|vpc)\.|^aws_subnet\.network_private/,
  ],
  [/^aws_nat_gateway\./, /^aws_(eip|internet_gateway)\.|^aws_subnet\.network_public_a$/],
  [/^aws_(subnet|internet_gateway|route_table|security_group|vpc_endpoint|flow_log)\./, /^aws_vpc\./],
  [/^aws_(db_instance|eks_cluster)\./, /^aws_kms_key\./],
  [/^aws_s3_bucket_\w+\./, /^aws_s3_bucket\./],
  [/^docker_container\.(database|cache)$/, /^docker_network\.data$/],
  [/^docker_container\.workload_/, /^docker_network\.network$/],
];

/** How many pairs the rules speak of in a graph, as `terraform graph -plan` draws it. */
export function judgedPairs(dot: string): number {
  const addresses = [...edgesOf(dot).keys()];
  const matching = (pattern: RegExp) => addresses.filter((one) => pattern.test(one)).length;
  return rules.reduce((sum, [first, later]) => sum + matching(first) * matching(later), 0);
}

/** `<later> may go before <first>` for each pair of which the graph does not say what goes first. */
export function misordered(dot: string): string[] {
  const needs = edgesOf(dot);
  const addresses = [...needs.keys()];
  return addresses.flatMap((later) => {
    const before = reachable(needs, later);
    return rules.flatMap(([goesFirst, mustWait]) => {
      if (!mustWait.test(later)) return [];
      const open = addresses.filter((one) => goesFirst.test(one) && !before.has(one));
      return open.map((first) => `${later} may go before ${first}`);
    });
  });
}

/** Of nodes like `"[root] aws_vpc.network (destroy)"`: what each waits for. */
function edgesOf(dot: string): Map<string, string[]> {
  const edges = new Map<string, string[]>();
  const name = String.raw`"\[root\] ([^" ]+) \(destroy\)"`;
  for (const [, node = ''] of dot.matchAll(new RegExp(`${name} \\[`, 'g'))) edges.set(node, []);
  for (const [, from = '', to = ''] of dot.matchAll(new RegExp(`${name} -> ${name}`, 'g')))
    edges.set(from, [...(edges.get(from) ?? []), to]);
  return edges;
}

function reachable(edges: ReadonlyMap<string, readonly string[]>, from: string): Set<string> {
  const seen = new Set<string>();
  const next = [from];
  for (let at = next.pop(); at !== undefined; at = next.pop())
    for (const to of edges.get(at) ?? [])
      if (!seen.has(to)) {
        seen.add(to);
        next.push(to);
      }
  return seen;
}
