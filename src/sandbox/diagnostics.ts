import type { Steps } from './values.js';

/** A message of a provider as the protocol carries it; severity 1 is an error. */
export interface Diagnostic {
  readonly severity: 1 | 2;
  readonly summary: string;
  readonly detail: string;
  readonly attribute?: { readonly steps: readonly object[] };
}

export function errorDiagnostic(summary: string, detail = '', steps?: Steps): Diagnostic {
  return { severity: 1, summary, detail, ...(steps && { attribute: wirePath(steps) }) };
}

export function wirePath(steps: Steps): { steps: object[] } {
  return {
    steps: steps.map((step) =>
      typeof step === 'number' ? { element_key_int: step } : { attribute_name: step },
    ),
  };
}
