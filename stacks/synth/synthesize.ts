import { App } from 'cdktf';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { sha256 } from '../../src/lib/hash.js';
import { stackInput, type StackInput } from '../../src/spec/stack-input.js';
import type { EnvironmentStack } from '../environment-stack.js';
import { builtInWorkshop, type Workshop } from './builders.js';

export interface Synthesized {
  /** The stack as Terraform's JSON: canonical, so that equal inputs give equal bytes. */
  readonly json: string;
  readonly sha256: string;
}

/** Adds the stack of an input to an app. The input is parsed first; throws ZodError, or Error for an unknown blueprint. */
export function addStack(app: App, given: unknown, workshop: Workshop = builtInWorkshop): EnvironmentStack {
  const input: StackInput = stackInput.parse(given);
  const ref = workshop.catalog.find(input.blueprint)?.ref;
  const build = ref === undefined ? undefined : workshop.builders[ref];
  if (ref === undefined || build === undefined) throw new Error(`unknown blueprint ${input.blueprint}`);
  return build(app, { ...input, blueprint: ref });
}

/** The Terraform JSON of an input, made in memory: nothing is written, nothing is kept. */
export function synthesize(given: unknown, workshop: Workshop = builtInWorkshop): Synthesized {
  const capture = Error.captureStackTrace;
  // CDKTF writes down a full stack trace for every reference it makes: a third of the time, read by nobody.
  Error.captureStackTrace = () => undefined;
  try {
    const stack = addStack(new App({ skipBackendValidation: true, stackTraces: false }), given, workshop);
    stack.runAllValidations();
    const json = canonicalJson(stack.toTerraform());
    return { json, sha256: sha256(json) };
  } finally {
    Error.captureStackTrace = capture;
    forgetReferences();
  }
}

/** CDKTF keeps every reference of every stack in a global map for ever (100 KB a stack): emptied, the process stays flat. */
function forgetReferences(): void {
  const kept = (globalThis as { __cdktfTokenMap?: Partial<Record<string, unknown>> }).__cdktfTokenMap;
  for (const map of [kept?.stringTokenMap, kept?.numberTokenMap]) if (map instanceof Map) map.clear();
}
