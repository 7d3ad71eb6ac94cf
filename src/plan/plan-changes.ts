/** What a plan changes, resource by resource and attribute by attribute, fit for a reader. Pure. */
import { sameJson } from '../lib/same-json.js';
import { memberOf, sensitiveText, type Masker } from './mask.js';
import { looksSecret } from './deny-list.js';
import type { Cause } from './cause.js';
import type { ChangeJson, ResourceChangeJson } from './plan-json.js';
import type { RiskLevel, RiskReason } from './risk.js';

export const unknownText = '(known after apply)';

export const changeActions = [
  'create',
  'update',
  'replace',
  'delete',
  'import',
  'move',
  'read',
  'forget',
  'no_op',
] as const;
export type ChangeAction = (typeof changeActions)[number];

/** One attribute that differs; `path` in dotted form (`metadata.0.name`). Members are those of the API. */
export interface AttributeChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly sensitive: boolean;
  readonly unknown: boolean;
  readonly forces_replacement: boolean;
  /** Why it changes; null where nobody asked, as in drift. */
  readonly cause: Cause | null;
}

export interface PlanChange {
  readonly address: string;
  readonly resource_type: string;
  /** `import`, `move` = nothing but that; with a change it has the change's action and an `import_id` or `previous_address`. */
  readonly action: ChangeAction;
  /** Terraform's own word for why, such as `replace_because_cannot_update`. */
  readonly reason: string | null;
  readonly import_id: string | null;
  readonly previous_address: string | null;
  /** Key of the object that a broken replacement left behind, when the change is about that one. */
  readonly deposed: string | null;
  readonly replace_paths: readonly string[];
  readonly attributes: readonly AttributeChange[];
  /** The highest of `reasons`; `low` where something changes and none is named. */
  readonly risk: RiskLevel;
  readonly reasons: readonly RiskReason[];
}

export interface OutputChange {
  readonly name: string;
  readonly action: ChangeAction;
  readonly before: unknown;
  readonly after: unknown;
  readonly sensitive: boolean;
}

/** Neither judged nor explained yet. */
export function resourceChange(given: ResourceChangeJson, masker: Masker): PlanChange {
  const { change } = given;
  const replacePaths = change.replace_paths.map((path) => path.join('.'));
  const action = actionOfResource(given);
  return {
    address: given.address,
    resource_type: given.type,
    action,
    reason: given.action_reason ?? null,
    import_id: change.importing === undefined ? null : masker.text(change.importing.id),
    previous_address: given.previous_address ?? null,
    deposed: given.deposed ?? null,
    replace_paths: replacePaths,
    attributes: quietActions.has(action) ? [] : attributeChanges(change, masker, replacePaths),
    risk: action === 'no_op' || action === 'read' ? 'none' : 'low',
    reasons: [],
  };
}

const quietActions: ReadonlySet<ChangeAction> = new Set(['no_op', 'import', 'move']);

export function outputChange(name: string, change: ChangeJson, masker: Masker): OutputChange {
  const sensitive = change.before_sensitive === true || change.after_sensitive === true;
  const shown = (value: unknown, mark: unknown): unknown =>
    isNothing(value) ? null : masker.value(masked(value, sensitive || mark));
  const after = change.after_unknown === true ? unknownText : shown(change.after, change.after_sensitive);
  return {
    name,
    action: actionOf(change),
    before: shown(change.before, change.before_sensitive),
    after,
    sensitive,
  };
}

/** The action of a resource: an address that changes and nothing else is a `move`. */
export function actionOfResource({
  change,
  address,
  previous_address: previous,
}: ResourceChangeJson): ChangeAction {
  const action = actionOf(change);
  return action === 'no_op' && previous !== undefined && previous !== address ? 'move' : action;
}

function actionOf({ actions, importing }: ChangeJson): ChangeAction {
  const kinds = new Set(actions);
  if (kinds.has('create') && kinds.has('delete')) return 'replace';
  const action = (['create', 'update', 'delete', 'read', 'forget'] as const).find((kind) => kinds.has(kind));
  return action ?? (importing === undefined ? 'no_op' : 'import');
}

/** The same place in the five parallel trees of a change. */
interface Node {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly unknown: unknown;
  readonly beforeMark: unknown;
  readonly afterMark: unknown;
}

function attributeChanges(
  change: ChangeJson,
  masker: Masker,
  replacePaths: readonly string[],
): AttributeChange[] {
  const forces = (path: string): boolean =>
    replacePaths.some(
      (replaced) => path === replaced || path.startsWith(`${replaced}.`) || replaced.startsWith(`${path}.`),
    );
  const root: Node = {
    path: '',
    before: change.before,
    after: change.after,
    unknown: change.after_unknown,
    beforeMark: change.before_sensitive,
    afterMark: change.after_sensitive,
  };
  const differing: Node[] = [];
  addLeaves(root, differing);
  return differing.map(({ path, before, after, unknown, beforeMark, afterMark }) => {
    const sensitive = beforeMark === true || afterMark === true;
    const shown = (value: unknown, mark: unknown): unknown =>
      isNothing(value) ? null : masker.value(masked(value, mark));
    const isUnknown = unknown === true;
    return {
      path,
      before: shown(before, sensitive || beforeMark),
      after: isUnknown ? unknownText : shown(after, sensitive || afterMark),
      sensitive,
      unknown: isUnknown,
      forces_replacement: forces(path),
      cause: null,
    };
  });
}

/** Adds the differing leaves. Marked or unknown as a whole, a branch is a leaf: nothing below it may be seen, or is known. */
function addLeaves(node: Node, found: Node[]): void {
  const { before, after, unknown } = node;
  if (node.beforeMark === true || node.afterMark === true) {
    if (differs(before, after) || hasTrue(unknown)) found.push(node);
  } else if (unknown === true) found.push(node);
  else if (!isBranch(before) && !isBranch(after)) {
    if (differs(before, after)) found.push(node);
  } else for (const key of keysOf([before, after, unknown])) addMember(node, key, found);
}

function addMember(node: Node, key: string, found: Node[]): void {
  const [before, after] = [memberOf(node.before, key), memberOf(node.after, key)];
  const unknown = memberOf(node.unknown, key);
  // Most of a large plan: the same text or number on both sides.
  if (before === after && (unknown === undefined || unknown === false)) return;
  addLeaves(
    {
      path: node.path === '' ? key : `${node.path}.${key}`,
      before,
      after,
      unknown,
      beforeMark: memberOf(node.beforeMark, key) ?? underSecretName(node.before, key),
      afterMark: memberOf(node.afterMark, key) ?? underSecretName(node.after, key),
    },
    found,
  );
}

function keysOf(values: readonly unknown[]): Iterable<string> {
  const keys = new Set<string>();
  for (const value of values) if (isBranch(value)) for (const key of Object.keys(value)) keys.add(key);
  return keys;
}

/** True for a text that no mark calls sensitive, but its name, or the name beside it (`{name, value}`), does. */
function underSecretName(parent: unknown, key: string): true | undefined {
  const name = key === 'value' ? memberOf(parent, 'name') : key;
  const secret = typeof name === 'string' && looksSecret(name) && typeof memberOf(parent, key) === 'string';
  return secret ? true : undefined;
}

/** The value without what its marks call sensitive, however short. */
function masked(value: unknown, mark: unknown): unknown {
  if (mark === true) return sensitiveText;
  if (!isBranch(value) || !isBranch(mark)) return value;
  if (Array.isArray(value))
    return value.map((member, index) => masked(member, memberOf(mark, String(index))));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, masked(member, memberOf(mark, key))]),
  );
}

function isBranch(value: unknown): value is object {
  return value !== null && typeof value === 'object';
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function differs(before: unknown, after: unknown): boolean {
  return !sameJson(before ?? null, after ?? null);
}

function hasTrue(value: unknown): boolean {
  return value === true || (isBranch(value) && Object.values(value).some(hasTrue));
}
