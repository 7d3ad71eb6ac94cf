import { canonicalJson } from '../lib/canonical-json.js';
import { conditions, type Condition, type When } from './conditions.js';
import type { Grant } from './grant.js';
import { arnsOf, type Place, type ResourceKind } from './resource-kinds.js';

/** Source: AWS, "IAM JSON policy elements reference". */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: { readonly AWS: string } | { readonly Federated: string };
  readonly Action?: string | readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Condition;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

export function documentOf(statements: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}

/**
 * Conditions that hold for one thing of one environment whatever the action is: their actions share a statement with all
 * kinds of the service. Not so `made`, where another kind of a call is what the new thing is put into.
 */
const shared: ReadonlySet<When> = new Set(['ours', 'retagged', 'tagged', 'tagged_at_birth']);

interface Group {
  readonly when: When;
  readonly actions: Set<string>;
  readonly kinds: Set<ResourceKind>;
}

/** The fewest statements that say all grants, in an order that lasts. */
export function statementsOf(grants: readonly Grant[], place: Place): Statement[] {
  return [...groupsOf(grants)].map(({ when, kinds, actions }, index) => {
    const condition = conditions[when](place);
    return {
      Sid: `${sidOf(when)}${index + 1}`,
      Effect: 'Allow' as const,
      Action: [...actions].sort(),
      Resource: arnsOf([...kinds], place),
      ...(condition === undefined ? {} : { Condition: condition }),
    };
  });
}

function groupsOf(grants: readonly Grant[]): Group[] {
  const byAction = new Map<string, Group>();
  const groups = new Map<string, Group>();
  const into = (map: Map<string, Group>, key: string, { when, actions, kinds }: Group) => {
    const group = map.get(key) ?? { when, actions: new Set(), kinds: new Set() };
    for (const one of actions) group.actions.add(one);
    for (const one of kinds) group.kinds.add(one);
    map.set(key, group);
  };
  for (const { actions, on, when } of grants)
    for (const action of actions)
      into(byAction, `${when} ${action}`, { when, actions: new Set([action]), kinds: new Set(on) });
  for (const [key, group] of [...byAction].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const service = key.slice(0, key.indexOf(':'));
    into(groups, shared.has(group.when) ? service : `${service} ${[...group.kinds].sort().join(' ')}`, group);
  }
  return [...groups.values()];
}

/** Statement ids take letters and digits only. */
function sidOf(when: When): string {
  return when.replace(/(^|_)([a-z])/g, (_all, _gap, letter: string) => letter.toUpperCase());
}

/** Characters as IAM counts them: white space is free. */
export function sizeOf(document: PolicyDocument): number {
  return canonicalJson(document).replace(/\s/g, '').length;
}
