/** What is used of the engine of CEL. Another one that does this can take its place. */
interface CelEngine {
  readonly Environment: new (options: {
    readonly homogeneousAggregateLiterals: boolean;
    readonly limits: { readonly maxAstNodes: number; readonly maxDepth: number };
  }) => CelEnvironment;
}

export interface CelEnvironment {
  registerVariable(name: string, type: string | { readonly schema: object }): unknown;
  check(expression: string): {
    readonly valid: boolean;
    readonly type?: string;
    readonly error?: Error & { readonly summary?: string };
  };
  evaluate(expression: string, context?: object): unknown;
}

/** Loaded in the thread that judges, and nowhere else. */
const engine: string = '@marcbachmann/cel-js';

/** Limits are on the expression: nodes of its tree and their depth. */
export async function openCel(): Promise<CelEnvironment> {
  const { Environment } = (await import(engine)) as CelEngine;
  return new Environment({
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 4000, maxDepth: 64 },
  });
}
