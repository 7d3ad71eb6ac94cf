/** Reads IAM policies as far as the documents of Terrace use them; what it does not know, it refuses to guess. */

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | { readonly AWS: string | readonly string[] } | { readonly Federated: string };
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** One question: may `principal` do `action` on `resource`, with these values of condition keys? */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  /** ARNs that the caller answers to. Only resource policies (trust) ask for them. */
  readonly principals?: readonly string[];
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export type Decision = 'allow' | 'deny' | 'implicit_deny';

/** A deny wins over an allow; nothing said is a no. */
export function decide(policy: Policy, asked: Asked): Decision {
  const fitting = policy.Statement.filter((statement) => fits(statement, asked));
  if (fitting.some(({ Effect }) => Effect === 'Deny')) return 'deny';
  return fitting.length > 0 ? 'allow' : 'implicit_deny';
}

function fits(statement: Statement, asked: Asked): boolean {
  return (
    fitsPrincipal(statement, asked) &&
    among(statement.Action, statement.NotAction, asked.action, true) &&
    (statement.Principal !== undefined ||
      among(resourcesOf(statement.Resource, asked), statement.NotResource, asked.resource, false)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => {
        const wanted = list(values).map((value) => filledIn(value, asked));
        return !wanted.includes(undefined) && holds(operator, wanted as string[], valueOf(asked, key));
      }),
    )
  );
}

function resourcesOf(named: Statement['Resource'], asked: Asked): readonly string[] | undefined {
  if (named === undefined) return undefined;
  return list(named)
    .map((one) => filledIn(one, asked))
    .filter((one) => one !== undefined);
}

/** With policy variables (`${aws:PrincipalTag/...}`) filled in; undefined when the request has no such value: nothing fits then. */
function filledIn(value: string, asked: Asked): string | undefined {
  let missing = false;
  const filled = value.replace(/\$\{([^}]+)\}/g, (_all, key: string) => {
    const [found] = valueOf(asked, key) ?? [];
    missing ||= found === undefined;
    return found ?? '';
  });
  return missing ? undefined : filled;
}

function fitsPrincipal({ Principal }: Statement, { principals }: Asked): boolean {
  if (Principal === undefined || Principal === '*') return true;
  if (!('AWS' in Principal)) return false;
  return list(Principal.AWS).some((one) => one === '*' || (principals ?? []).includes(one));
}

function among(
  named: Statement['Action'],
  excepted: Statement['Action'],
  value: string,
  anyCase: boolean,
): boolean {
  const match = (pattern: string) =>
    anyCase ? like(pattern.toLowerCase(), value.toLowerCase()) : like(pattern, value);
  if (named !== undefined) return list(named).some(match);
  if (excepted !== undefined) return !list(excepted).some(match);
  return false;
}

/** Condition keys are read without regard to case. */
function valueOf({ context }: Asked, key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : list(found[1]);
}

function holds(operator: string, wanted: readonly string[], given: readonly string[] | undefined): boolean {
  const [set, plain] = operator.includes(':')
    ? (operator.split(':') as [string, string])
    : [undefined, operator];
  if (plain === 'Null') return (given === undefined) === (wanted[0] === 'true');
  const ifExists = plain.endsWith('IfExists');
  const test = tests[plain.replace(/IfExists$/, '')];
  if (test === undefined) throw new Error(`the stand-in for IAM does not know the operator ${operator}`);
  if (given === undefined) return ifExists || set === 'ForAllValues' || plain.includes('Not');
  const negated = plain.includes('Not');
  const one = (value: string) =>
    negated
      ? wanted.every((pattern) => test(pattern, value))
      : wanted.some((pattern) => test(pattern, value));
  return set === 'ForAnyValue' ? given.some(one) : given.every(one);
}

const tests: Readonly<Record<string, (wanted: string, given: string) => boolean>> = {
  StringEquals: (wanted, given) => wanted === given,
  StringNotEquals: (wanted, given) => wanted !== given,
  StringLike: like,
  StringNotLike: (wanted, given) => !like(wanted, given),
  ArnLike: like,
  ArnNotLike: (wanted, given) => !like(wanted, given),
  ArnEquals: like,
  Bool: (wanted, given) => wanted === given,
};

function like(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
