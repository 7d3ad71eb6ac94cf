import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';

/** What the environment tells its users, by output name; what is undefined is left out, `secret` names are sensitive. */
export interface OutputsProps {
  readonly values: Readonly<Record<string, string | number | undefined>>;
  readonly secret: readonly string[];
}

/** The outputs of the stack. */
export class Outputs extends Construct {
  constructor(scope: Construct, id: string, { values, secret }: OutputsProps) {
    super(scope, id);
    for (const [name, value] of Object.entries(values))
      if (value !== undefined)
        new TerraformOutput(this, name, { value, ...(secret.includes(name) ? { sensitive: true } : {}) });
  }
}
