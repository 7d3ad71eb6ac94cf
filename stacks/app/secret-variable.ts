import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';

/** A password that the engine makes and passes in: the stack holds a reference to it alone. */
export function secretVariable(scope: Construct, name: string, description: string): TerraformVariable {
  return new TerraformVariable(scope, name, {
    type: 'string',
    sensitive: true,
    nullable: false,
    description,
  });
}
