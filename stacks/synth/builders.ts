import type { Construct } from 'constructs';
import type { StackInput } from '../../src/spec/stack-input.js';
import { AppStack } from '../app/app-stack.js';
import type { EnvironmentStack } from '../environment-stack.js';

export type StackBuilder = (scope: Construct, input: StackInput) => EnvironmentStack;

/** The CDKTF side of each blueprint, by its ref. A test holds it against `src/spec/blueprints.ts`. */
export const builders: Readonly<Record<string, StackBuilder>> = {
  'app@1': (scope, input) => new AppStack(scope, 'environment', { input }),
};
