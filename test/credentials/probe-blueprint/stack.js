import { TerraformElement } from 'cdktf';
import { EnvironmentStack } from 'terrace/stack';

/** The stack of `probe@1`. */
export function build(scope, input) {
  const stack = new EnvironmentStack(scope, 'environment');
  new Probe(stack, 'probe', input.spec.script);
  return stack;
}

class Probe extends TerraformElement {
  constructor(scope, id, script) {
    super(scope, id, 'terraform_data');
    this.script = script;
  }

  toTerraform() {
    const provisioner = [{ 'local-exec': { command: `node ${this.script}` } }];
    return { resource: { terraform_data: { probe: { input: 'probe', provisioner } } } };
  }
}
