/**
 * Takes sensitive values out of a plan. Terraform marks where a value is sensitive, but the mark is lost when a provider
 * hands the value back in another attribute: so each marked value is masked wherever it reappears, too. Then what nobody marked but has the name or the form of a secret. Pure.
 */
import { Redactor } from '../log/redactor.js';
import { looksSecret, maskForms, valuesUnderSecretNames } from './deny-list.js';
import { parsePlan, resourcesOf, type PlanJson } from './plan-json.js';

export const sensitiveText = '(sensitive)';

/** Masks the sensitive values of one plan. */
export interface Masker {
  /** The text with every one of them replaced by `***`. */
  text(text: string): string;
  /** The value with `(sensitive)` for each string or number that is one of them or holds one. */
  value(value: unknown): unknown;
  /** What it looks for. */
  readonly secrets: ReadonlySet<string>;
}

export function createMasker(plan: PlanJson): Masker {
  const redactor = new Redactor();
  const secrets = secretsIn(plan);
  for (const secret of secrets) redactor.add(secret);
  const text = (plain: string): string => maskForms(redactor.mask(plain));
  // Most values of a large plan are the same few.
  const hidden = new Map<string, boolean>();
  const hides = (plain: string): boolean => {
    const known = hidden.get(plain);
    if (known !== undefined) return known;
    const found = text(plain) !== plain;
    if (plain.length <= longestKept) hidden.set(plain, found);
    return found;
  };
  const value = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.map(value);
    if (given !== null && typeof given === 'object') {
      const named = 'name' in given && typeof given.name === 'string' && looksSecret(given.name);
      return Object.fromEntries(
        Object.entries(given).map(([key, member]) => [
          key,
          typeof member === 'string' && (looksSecret(key) || (named && key === 'value'))
            ? sensitiveText
            : value(member),
        ]),
      );
    }
    if (typeof given !== 'string' && typeof given !== 'number') return given;
    return hides(String(given)) ? sensitiveText : given;
  };
  return { text, value, secrets };
}

/** Of longer values it is not kept whether they hide a secret. */
const longestKept = 64;

/** Terraform's rendering of a plan with the plan's sensitive values masked. `json` is that of `terraform show -json`. */
export function maskPlanText(text: string, json: unknown): string {
  return createMasker(parsePlan(json)).text(text);
}

/** Sensitive values of a plan, marked or not, in clear: for the redactor of what is told during its apply. `json` is that of `terraform show -json`. */
export function planSecrets(json: unknown): ReadonlySet<string> {
  return secretsIn(parsePlan(json));
}

function secretsIn(plan: PlanJson): ReadonlySet<string> {
  return new Set([...sensitiveValues(plan), ...unmarkedValues(plan)]);
}

/** Every string and number that the plan marks as sensitive; of long texts also each longer line, as plans show them so. */
function sensitiveValues(plan: PlanJson): Set<string> {
  const found = new Set<string>();
  const variables = plan.configuration?.root_module?.variables ?? {};
  for (const [name, { sensitive }] of Object.entries(variables))
    if (sensitive) collect(plan.variables[name]?.value, true, found);
  const changes = [...plan.resource_changes, ...plan.resource_drift].map(({ change }) => change);
  for (const change of [...changes, ...Object.values(plan.output_changes)]) {
    collect(change.before, change.before_sensitive, found);
    collect(change.after, change.after_sensitive, found);
  }
  const modules = [plan.planned_values?.root_module, plan.prior_state?.values?.root_module];
  for (const resource of modules.flatMap(resourcesOf))
    collect(resource.values, resource.sensitive_values, found);
  return found;
}

/** What has the name of a secret and no mark. References to one, such as `${...}` or the name of a Secret, are none. */
function unmarkedValues(plan: PlanJson): Set<string> {
  const changes = [...plan.resource_changes, ...plan.resource_drift].map(({ change }) => change);
  const trees = [...changes, ...Object.values(plan.output_changes)].flatMap(({ before, after }) => [
    before,
    after,
  ]);
  return new Set(trees.flatMap(valuesUnderSecretNames).filter((value) => value.length >= shortestUnmarked));
}

/** Shorter values are hidden where they stand, but not looked for elsewhere: `true` under a name like a secret's is none. */
const shortestUnmarked = 8;

function collect(value: unknown, mark: unknown, found: Set<string>): void {
  if (value === null || value === undefined || mark === false || mark === undefined || mark === null) return;
  if (typeof value === 'object') {
    for (const key of Object.keys(mark === true ? value : mark))
      collect(memberOf(value, key), mark === true ? true : memberOf(mark, key), found);
  } else if (mark === true && typeof value !== 'boolean') {
    const text = String(value);
    found.add(text);
    const lines = text.split('\n').map((line) => line.trim());
    if (lines.length > 1) for (const line of lines) if (line.length >= longLine) found.add(line);
  }
}

/** Shorter lines of a secret text, such as `kind: Config`, are no secret, and masking them would garble the rest. */
const longLine = 16;

/** A member of an object or a list; undefined where there is none. */
export function memberOf(value: unknown, key: string): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
