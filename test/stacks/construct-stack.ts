import { App } from 'cdktf';
import { EnvironmentStack } from '../../stacks/environment-stack.js';
import type { StackJson } from './stack-json.js';

/** The stack of a few constructs, without a blueprint around them. */
export function stackWith(add: (stack: EnvironmentStack) => void): StackJson {
  const app = new App({ skipBackendValidation: true, stackTraces: false });
  const stack = new EnvironmentStack(app, 'environment');
  add(stack);
  return JSON.parse(JSON.stringify(stack.toTerraform())) as StackJson;
}
