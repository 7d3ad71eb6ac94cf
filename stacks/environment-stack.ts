import type { TerraformRemoteState} from 'cdktf';
import { TerraformBackend, type TerraformElement, TerraformStack } from 'cdktf';
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

  override toTerraform(): Record<string, unknown> {
    return withoutComments(super.toTerraform()) as Record<string, unknown>;
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
    super(scope, 'backend', 'http');
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

function withoutComments(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutComments);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '//')
      .map(([key, member]) => [key, withoutComments(member)]),
  );
}
