/** What a destroy left: where it was looked, and what was found. Pure. */
import { z } from 'zod';

/** An object that is there after a destroy. */
export interface Found {
  /** Terraform's type, or the kind of thing, such as `rds_snapshot` or `ec2:vpc`. */
  readonly type: string;
  /** Of a thing at AWS its ARN. */
  readonly id: string;
  /** In deletion and not gone: its finalizers, or what its cluster says of them. */
  readonly held_by?: readonly string[];
}

/** One place that was searched for what is marked as the environment's. */
export interface Place {
  /** Such as `sandbox account 100000000001, eu-central-1`. */
  readonly place: string;
  /** Null = not searched, or not all of it, and nothing found there; see `reason`. */
  readonly found: readonly Found[] | null;
  /** What could not be searched, and why. */
  readonly reason: string | null;
}

export type Verdict = 'clean' | 'leftovers' | 'partial';

/** The text that is signed is the canonical JSON of this. */
export interface ReceiptBody {
  readonly receipt_id: string;
  readonly tenant_id: string;
  readonly environment_id: string;
  readonly run_id: string;
  /** ISO 8601 in UTC. */
  readonly searched_at: string;
  readonly places: readonly Place[];
  /** Kept on purpose, such as final snapshots. */
  readonly retained: readonly Found[];
  readonly verdict: Verdict;
}

/** `partial`: nothing was found, but not every place could be searched. */
export function verdictOf(places: readonly Place[]): Verdict {
  if (leftoversOf(places).length > 0) return 'leftovers';
  return places.every(({ found }) => found !== null) ? 'clean' : 'partial';
}

export function leftoversOf(places: readonly Place[]): Found[] {
  return places.flatMap(({ found }) => found ?? []);
}

/** Each once. */
export function mergeFound(found: readonly Found[]): Found[] {
  return [...new Map(found.map((one) => [`${one.type} ${one.id}`, one])).values()];
}

/** The text of `destroy_incomplete`. */
export function leftoversText(leftovers: readonly Found[]): string {
  const named = leftovers.slice(0, 20).map(nameOf);
  const more = leftovers.length > named.length ? ` and ${leftovers.length - named.length} more` : '';
  const remedy = [
    'remove them in the account',
    ...(leftovers.some(({ held_by: holders }) => holders) ? [heldRemedy] : []),
  ].join('; ');
  return `the state is empty, but ${leftovers.length} marked as the environment's are there: ${named.join(', ')}${more}; ${remedy}, then retry`;
}

function nameOf({ type, id, held_by: holders }: Found): string {
  return `${type} ${id}${holders === undefined ? '' : ` (in deletion, held by ${holders.join(', ')})`}`;
}

export const heldRemedy =
  'what is held in deletion goes when the controller of its finalizer has done its part: see that it runs, or take the finalizer off by hand';

/** The end of the error of a destroy that got stuck; undefined when nothing is held. */
export function heldText(found: readonly Found[]): string | undefined {
  const held = found.filter(({ held_by: holders }) => holders !== undefined);
  if (held.length === 0) return undefined;
  return `${held.slice(0, 20).map(nameOf).join(', ')}; ${heldRemedy}, then retry`;
}

const planSchema = z.looseObject({
  resource_changes: z
    .array(
      z.looseObject({
        type: z.string(),
        change: z.looseObject({
          actions: z.array(z.string()),
          before: z.record(z.string(), z.unknown()).nullish(),
        }),
      }),
    )
    .default([]),
});

const snapshots: Readonly<Record<string, string>> = {
  aws_db_instance: 'rds_snapshot',
  aws_elasticache_replication_group: 'elasticache_snapshot',
};

/** Names of the namespaces that the plan of a destroy removed. */
export function namespacesOf(json: unknown): string[] {
  const parsed = planSchema.safeParse(json);
  if (!parsed.success) return [];
  return parsed.data.resource_changes.flatMap(({ type, change }) => {
    if (type !== 'kubernetes_namespace_v1') return [];
    const metadata = z.array(z.looseObject({ name: z.string() })).safeParse(change.before?.['metadata']);
    return metadata.success ? metadata.data.map(({ name }) => name) : [];
  });
}

/** The final snapshots that the applied plan of a destroy asked for; `json` as `terraform show -json` tells it. */
export function retainedBy(json: unknown): Found[] {
  const parsed = planSchema.safeParse(json);
  if (!parsed.success) return [];
  return parsed.data.resource_changes.flatMap(({ type, change }) => {
    const id = change.before?.['final_snapshot_identifier'];
    const kind = snapshots[type];
    const kept = kind !== undefined && change.actions.includes('delete');
    if (!kept || typeof id !== 'string' || id === '' || change.before?.['skip_final_snapshot'] === true)
      return [];
    return [{ type: kind, id }];
  });
}
