/** The words of policies. Members of results are those of the API. */

/** What a policy says about a plan that breaks it, the mildest first. */
export const policyVerdicts = ['warn', 'require_approval', 'deny'] as const;
export type PolicyVerdict = (typeof policyVerdicts)[number];

export type PolicyRule =
  | { readonly kind: 'expression'; readonly expression: string }
  | { readonly kind: 'builtin'; readonly name: string };

export interface PolicySettings {
  readonly enabled: boolean;
  readonly rule: PolicyRule;
  readonly params: Readonly<Record<string, unknown>>;
  readonly verdict: PolicyVerdict;
  /** With `{{ expression }}` in it; null = that of the built-in rule, or a plain sentence. */
  readonly message: string | null;
}

export interface PolicyRef {
  readonly policyId: string;
  readonly name: string;
  readonly version: number;
  readonly settings: PolicySettings;
}

/** What one policy said about a plan. */
export interface PolicyResult {
  readonly policy_id: string;
  readonly name: string;
  readonly version: number;
  /** `broken` = it could not be judged: that denies, whatever its verdict. */
  readonly outcome: 'passed' | 'failed' | 'broken';
  /** What follows: null when it passed. */
  readonly verdict: PolicyVerdict | null;
  readonly message: string | null;
}

/** What all of them said; `pass` = no policy objects. */
export interface PolicyReport {
  readonly verdict: 'pass' | PolicyVerdict;
  /** The severest first. */
  readonly results: readonly PolicyResult[];
}

/** The report of some results: the severest verdict counts. Pure. */
export function reportOf(results: readonly PolicyResult[]): PolicyReport {
  const rank = ({ verdict }: PolicyResult): number =>
    verdict === null ? -1 : policyVerdicts.indexOf(verdict);
  const sorted = [...results].sort((a, b) => rank(b) - rank(a));
  return { verdict: sorted[0]?.verdict ?? 'pass', results: sorted };
}

/** The messages of those that say so, as one text. */
export function saidBy({ results }: PolicyReport, verdict: PolicyVerdict): string {
  return results
    .filter((one) => one.verdict === verdict)
    .map(({ name, version, message }) => `policy ${name} (version ${version}): ${message ?? ''}`)
    .join('; ');
}
