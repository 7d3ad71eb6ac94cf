/** What the policies of AWS allow, and whether one allows more than another. Pure.
 *  Form: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
import { canonicalJson } from '../lib/canonical-json.js';

/** One action on one resource for one principal, under a condition (`''` = none). */
export interface Grant {
  readonly action: string;
  readonly resource: string;
  readonly principal: string;
  readonly condition: string;
}

/** The grants that `after` has and `before` does not cover; both are policy documents as JSON texts. */
export function addedGrants(before: unknown, after: unknown): Grant[] {
  const known = grantsOf(before, 'Allow');
  return grantsOf(after, 'Allow').filter((one) => !known.some((old) => covers(old, one)));
}

/** True when something that `before` denied is denied no more. */
export function deniesLess(before: unknown, after: unknown): boolean {
  const kept = grantsOf(after, 'Deny');
  return grantsOf(before, 'Deny').some((one) => !kept.some((other) => covers(other, one)));
}

/** The grants to everybody without a condition, as comparable texts. */
export function widePrincipals(document: unknown): string[] {
  return grantsOf(document, 'Allow')
    .filter(({ principal, condition }) => principal === '*' && condition === '')
    .map((one) => canonicalJson(one));
}

/** Every action on every resource. */
export function isAdministrator({ action, resource }: Grant): boolean {
  return /^\*(:\*)?$/.test(action) && resource === '*';
}

function covers(old: Grant, one: Grant): boolean {
  return (
    matches(old.action.toLowerCase(), one.action.toLowerCase()) &&
    matches(old.resource, one.resource) &&
    (old.principal === '*' || old.principal === one.principal) &&
    (old.condition === '' || old.condition === one.condition)
  );
}

function matches(pattern: string, text: string): boolean {
  if (pattern === text || pattern === '*') return true;
  if (!/[*?]/.test(pattern)) return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

function grantsOf(document: unknown, effect: 'Allow' | 'Deny'): Grant[] {
  const statements = asList(parsed(document)?.['Statement']).filter(isObject);
  return statements
    .filter((one) => one['Effect'] === effect)
    .flatMap((one) => {
      const condition =
        isObject(one['Condition']) && Object.keys(one['Condition']).length > 0
          ? canonicalJson(one['Condition'])
          : '';
      return told(one, 'Action').flatMap((action) =>
        told(one, 'Resource').flatMap((resource) =>
          principalsOf(one).map((principal) => ({ action, resource, principal, condition })),
        ),
      );
    });
}

/** The values of a member; those of `NotAction` and the like as one text, which only equals itself. */
function told(statement: Record<string, unknown>, name: string): string[] {
  const inverted = statement[`Not${name}`];
  if (inverted !== undefined) return [`Not${name} ${canonicalJson(inverted)}`];
  const given = asList(statement[name]).filter((one) => typeof one === 'string');
  return given.length === 0 ? ['(itself)'] : given;
}

function principalsOf(statement: Record<string, unknown>): string[] {
  const given = statement['Principal'];
  if (!isObject(given)) return told(statement, 'Principal');
  return Object.entries(given).flatMap(([kind, names]) =>
    asList(names).map((name) => (name === '*' && kind === 'AWS' ? '*' : `${kind}:${String(name)}`)),
  );
}

function parsed(document: unknown): Record<string, unknown> | undefined {
  try {
    const value: unknown = typeof document === 'string' ? JSON.parse(document) : document;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function asList(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
