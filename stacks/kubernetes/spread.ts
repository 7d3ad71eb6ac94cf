/** Over what the pods of one workload are spread, as far as the cluster has room: a wish, never a reason not to run. */
export type Spread = 'none' | 'node' | 'zone';

const topologyKeys: Record<Spread, readonly string[]> = {
  none: [],
  node: ['kubernetes.io/hostname'],
  zone: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'],
};

/** The field `topology_spread_constraint` of a pod. */
export function spreadOf(spread: Spread, matchLabels: Readonly<Record<string, string>>) {
  return topologyKeys[spread].map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: [{ matchLabels: { ...matchLabels } }],
  }));
}
