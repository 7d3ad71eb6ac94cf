import type { When } from './conditions.js';
import type { ResourceKind } from './resource-kinds.js';

/** Actions on each of some kinds of resources. Where a call asks for several, each kind needs a grant of its own. */
export interface Grant {
  readonly actions: readonly string[];
  readonly on: readonly ResourceKind[];
  readonly when: When;
}

/** What Terraform's AWS provider calls for one type of resource. */
export interface TypeNeeds {
  /** To refresh: on every plan. */
  readonly read: readonly Grant[];
  /** To make, change and delete; the first one makes. */
  readonly write: readonly Grant[];
}

export type NeedsTable = Readonly<Record<string, TypeNeeds>>;

/** `grant('ec2', 'vpc', 'made', 'CreateVpc')` */
export function grant(
  service: string,
  on: ResourceKind | readonly ResourceKind[],
  when: When,
  ...names: readonly string[]
): Grant {
  return {
    actions: names.map((name) => `${service}:${name}`),
    on: typeof on === 'string' ? [on] : on,
    when,
  };
}

/** Reads that take no resource. */
export function lists(service: string, ...names: readonly string[]): Grant {
  return grant(service, 'all', 'always', ...names);
}
