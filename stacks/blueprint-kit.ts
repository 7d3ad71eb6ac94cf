/** What the `stack.js` of a blueprint from outside may use; `terrace/blueprint` gives `defineBlueprint`. */
export { environmentNames, stableName } from '../src/spec/names.js';
export type { StackInput } from '../src/spec/stack-input.js';
export { EnvironmentStack } from './environment-stack.js';
export { literal } from './literal.js';
export type { StackBuilder } from './synth/builders.js';
