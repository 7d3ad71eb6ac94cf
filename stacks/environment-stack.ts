import {
  DefaultTokenResolver,
  StringConcat,
  TerraformBackend,
  TerraformElement,
  type TerraformRemoteState,
  TerraformStack,
  Tokenization,
} from 'cdktf';
import type { Construct } from 'constructs';

/**
 * A stack whose JSON is a contract: no generator versions or paths in it, an empty `http` backend (its addresses and credentials come
 * from TF_HTTP_* in Terraform's environment), and addresses that read like the tree of constructs: the ids joined by `_`, where an id
 * starting with `$` adds nothing. `new Database(stack, 'database')` holding `new DbInstance(this, '$instance')` is `aws_db_instance.database`.
 */
export class EnvironmentStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new EmptyHttpBackend(this);
  }

  /** The stack as Terraform's JSON. Resolved once, where CDKTF resolves three times: nothing here refers to another stack. */
  override toTerraform(): Record<string, unknown> {
    const resolver = new DefaultTokenResolver(new StringConcat());
    const whole: Plain = {};
    const resolve = (value: unknown): unknown =>
      Tokenization.resolve(value, { scope: this, resolver, preparing: false });
    for (const element of this.node.findAll().filter((one) => TerraformElement.isTerraformElement(one)))
      merge(whole, resolveTokens(element.toTerraform(), resolve) as Plain);
    return whole;
  }

  protected override allocateLogicalId(element: TerraformElement): string {
    const below = element.node.scopes.slice(element.node.scopes.indexOf(this) + 1);
    return below
      .map((one) => one.node.id)
      .filter((id) => !id.startsWith('$'))
      .join('_')
      .replaceAll('-', '_');
  }
}

class EmptyHttpBackend extends TerraformBackend {
  constructor(scope: Construct) {
    super(scope, '$terraform-backend', 'http');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return {};
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return {};
  }

  override getRemoteStateDataSource(): TerraformRemoteState {
    throw new Error('environments do not read the state of each other');
  }
}

type Plain = Record<string, unknown>;

/** Gives CDKTF only what may hold a token; nine values in ten cannot, and its own walk through them is half of the time of a stack. */
function resolveTokens(value: unknown, resolve: (value: unknown) => unknown): unknown {
  if (mayBeToken(value)) return resolve(value);
  if (Array.isArray(value)) {
    if (value.some(mayBeToken)) return resolve(value);
    return value.map((one) => resolveTokens(one, resolve)).filter((one) => one !== undefined);
  }
  if (!isPlain(value)) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype || Object.keys(value).some(mayBeToken))
    return resolve(value);
  const resolved: Plain = {};
  for (const [key, member] of Object.entries(value)) {
    const result = resolveTokens(member, resolve);
    if (result !== undefined) resolved[key] = result;
  }
  return resolved;
}

/** Tokens are functions, objects with methods, texts with `Token[` in them, or negative numbers of a huge exponent, in texts too. */
function mayBeToken(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('Token') || value.includes('e+');
  return (typeof value === 'number' && value < 0) || typeof value === 'function';
}

/** Adds the members of `from` to `into`, level by level; generator comments (`//`) stay out. */
function merge(into: Plain, from: Plain): void {
  for (const [key, value] of Object.entries(from)) {
    if (key === '//' || value === undefined) continue;
    if (isPlain(value)) merge((into[key] ??= {}) as Plain, value);
    else into[key] = Array.isArray(into[key]) ? [...into[key], ...(value as unknown[])] : value;
  }
}

function isPlain(value: unknown): value is Plain {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
