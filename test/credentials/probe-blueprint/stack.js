import { TerraformElement } from 'cdktf';
import { EnvironmentStack } from 'terrace/stack';

/** The stack of `probe@1`. */
export function build(scope, input) {
  const stack = new EnvironmentStack(scope, 'environment');
  new Probe(stack, 'probe', input.spec);
  return stack;
}

class Probe extends TerraformElement {
  constructor(scope, id, { script, hold }) {
    super(scope, id, 'terraform_data');
    this.script = script;
    this.hold = hold;
  }

  toTerraform() {
    const provisioner = [
      { 'local-exec': { command: `node ${this.script}` } },
      { 'local-exec': { when: 'destroy', command: 'test ! -e "${self.input}"' } },
    ];
    return { resource: { terraform_data: { probe: { input: this.hold, provisioner } } } };
  }
}
