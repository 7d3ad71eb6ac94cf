/** What is labelled as an environment's in a cluster, and what holds it there. */
import { z } from 'zod';
import { codeOf } from '../errors/error-code.js';
import { clusterFault, openCluster, type ClusterConnection } from '../health/cluster-connection.js';
import { ownerMark } from '../terraform/ownership.js';
import { heldBy } from './finalizer-rules.js';
import { labelledKinds, namespaceKind, secretKind, volumeKind, type ListedKind } from './listed-kinds.js';
import { mergeFound, type Found } from './receipt.js';
import type { Look } from './search.js';

export interface ClusterSearch {
  readonly kubeconfig: string;
  readonly environmentId: string;
  /** That it had: volumes have no label of ours, and are known by them. One that is there without the label is another's. */
  readonly namespaces: readonly string[];
  readonly signal: AbortSignal;
}

/** One look. Kinds that may not be listed are told in `refused`; throws `cluster_not_usable` when nothing answers. */
export async function lookInCluster(search: ClusterSearch): Promise<Look> {
  const { kubeconfig, environmentId, namespaces, signal } = search;
  const cluster = await openCluster(kubeconfig, signal);
  const refused = new Set<string>();
  const list = async (kind: ListedKind, ask: ListAsk) => {
    try {
      return await readList(cluster, kind, ask);
    } catch (error) {
      // A kind that the cluster does not know has no objects there.
      if (codeOf(error) === 404) return [];
      if (codeOf(error) !== 403) throw clusterFault(error);
      refused.add(kind.kind);
      return [];
    }
  };
  const labels = `${ownerMark}=${environmentId}`;
  const own = await list(namespaceKind, { labels, whole: true });
  const there = own.map(({ metadata }) => metadata.name);
  const gone = await Promise.all(namespaces.map((name) => isGone(cluster, name)));
  const ours = new Set([...there, ...namespaces.filter((_, at) => gone[at])]);
  const [volumes = [], ...rest] = await Promise.all([
    ours.size === 0 ? [] : list(volumeKind, { whole: true }),
    ...labelledKinds.map((kind) => list(kind, { labels })),
    ...there.map((namespace) => list(secretKind, { labels: 'owner=helm', namespace })),
  ]);
  const bound = volumes.filter(({ spec }) => ours.has(spec?.claimRef?.namespace ?? ''));
  const kinds = [...refused].sort().join(', ');
  return {
    // A release has a secret for each of its revisions.
    found: mergeFound([...own, ...bound, ...rest.flat()].map(foundOf)),
    retained: [],
    ...(kinds === '' ? {} : { refused: `could not list ${kinds}: allow the plan role to list them` }),
  };
}

/** Whether there is no namespace of that name; one that may not be read is taken for another's. */
async function isGone(cluster: ClusterConnection, name: string): Promise<boolean> {
  try {
    await cluster.get(`${namespaceKind.path}/${name}`);
    return false;
  } catch (error) {
    const code = codeOf(error);
    if (code === 404 || code === 403) return code === 404;
    throw clusterFault(error);
  }
}

const object = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
    finalizers: z.array(z.string()).default([]),
  }),
  spec: z
    .looseObject({
      finalizers: z.array(z.string()).optional(),
      claimRef: z.looseObject({ namespace: z.string().optional() }).nullish(),
    })
    .optional(),
  status: z
    .looseObject({
      conditions: z
        .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().optional() }))
        .optional(),
    })
    .optional(),
});
type ClusterObject = z.infer<typeof object>;

const page = z.looseObject({
  metadata: z.looseObject({ continue: z.string().optional() }).default({}),
  items: z.array(z.looseObject({})),
});

interface ListAsk {
  readonly labels?: string;
  readonly namespace?: string;
  /** @default metadata alone */
  readonly whole?: boolean;
}

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const pageSize = 500;

async function readList(
  cluster: ClusterConnection,
  { kind, path }: ListedKind,
  { labels, namespace, whole = false }: ListAsk,
): Promise<ClusterObject[]> {
  const all: ClusterObject[] = [];
  const place = namespace === undefined ? path : path.replace(/[^/]+$/, `namespaces/${namespace}/$&`);
  for (let next: string | undefined = ''; next !== undefined;) {
    const query = {
      limit: String(pageSize),
      ...(labels === undefined ? {} : { labelSelector: labels }),
      ...(next === '' ? {} : { continue: next }),
    };
    const ask = whole ? { query } : { query, accept: metadataOnly };
    const { items, metadata } = page.parse(await cluster.get(place, ask));
    // Items of a list do not name their kind.
    all.push(...items.map((item) => object.parse({ ...item, kind })));
    next = metadata.continue === '' ? undefined : metadata.continue;
  }
  return all;
}

function foundOf(one: ClusterObject): Found {
  const { name, namespace, labels } = one.metadata;
  const within = namespace === undefined ? '' : `${namespace}/`;
  const isRelease = one.kind === 'Secret' && labels['owner'] === 'helm';
  const held = heldBy(one);
  return {
    type: isRelease ? 'helm release' : one.kind,
    id: `${within}${isRelease ? (labels['name'] ?? name) : name}`,
    ...(held.length === 0 ? {} : { held_by: held }),
  };
}
