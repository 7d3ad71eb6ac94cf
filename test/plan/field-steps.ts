import { createLog } from '../../src/log/log.js';
import type { Step } from '../../src/plan/spec-diff.js';
import type { Generate } from '../../src/plan/trace.js';
import { startSynth } from '../../src/synth/synth-client.js';
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

/** The generator that workers have, which makes each stack once; null for what the blueprint refuses. */
export function openGenerator(): { generate: Generate; close(): Promise<void> } {
  const synth = startSynth({ log: createLog('silent', 'test') });
  const made = new Map<string, Promise<string | null>>();
  return {
    generate: (input) => {
      const key = JSON.stringify(input);
      const stack =
        made.get(key) ??
        synth.synth(input).then(
          ({ json }) => json,
          () => null,
        );
      made.set(key, stack);
      return stack;
    },
    close: () => synth.close(),
  };
}
