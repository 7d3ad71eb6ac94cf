import type { Step } from '../../src/plan/spec-diff.js';
import { appSpecV1 } from '../../stacks/app/spec.js';

/** The spec with every default, as revisions keep it. */
export function parsedSpec(spec: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(appSpecV1.parse(spec))) as Record<string, unknown>;
}

/** The steps to a field in the form that causes have. */
export function stepsTo(tree: unknown, field: string): Step[] {
  const steps: Step[] = [];
  let at = tree;
  for (const part of field.split('.')) {
    const list = Array.isArray(at) ? (at as unknown[]) : undefined;
    const step: Step = list === undefined ? part : /^\d+$/.test(part) ? Number(part) : { named: part };
    steps.push(step);
    at =
      list === undefined
        ? (at as Record<string, unknown> | undefined)?.[part]
        : typeof step === 'number'
          ? list[step]
          : list.find((one) => (one as { name?: unknown }).name === part);
  }
  return steps;
}
