/** What an argument of a resource refers to, by the configuration in the plan. Pure. */
import type { PlanJson } from './plan-json.js';

/** Addresses of resources, and variables as `var.<name>`, that the argument at a path refers to. */
export function referencesOf(plan: PlanJson): (address: string, path: string) => readonly string[] {
  const resources = new Map(
    (plan.configuration?.root_module?.resources ?? []).map(({ address, expressions }) => [
      address,
      expressions,
    ]),
  );
  const known = new Map<string, readonly string[]>();
  return (address, path) => {
    const argument = path.split('.')[0] ?? '';
    const key = `${address} ${argument}`;
    const found = known.get(key) ?? collect(memberOf(resources.get(address), argument));
    known.set(key, found);
    return found;
  };
}

/** Of `a.b.c[0]`, `a.b.c` and `a.b`, which Terraform all lists, the address `a.b`. */
function collect(expression: unknown): readonly string[] {
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (node !== null && typeof node === 'object')
      for (const [key, member] of Object.entries(node)) {
        if (key !== 'references' || !Array.isArray(member)) walk(member);
        else for (const text of member) if (typeof text === 'string') found.add(addressIn(text));
      }
  };
  walk(expression);
  return [...found];
}

function addressIn(reference: string): string {
  const parts = reference.replace(/\[[^\]]*\]/g, '').split('.');
  return parts.slice(0, parts[0] === 'data' ? 3 : 2).join('.');
}

function memberOf(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined;
}
