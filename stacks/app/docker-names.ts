import { stableName } from '../../src/spec/names.js';
import { commonLabels, componentLabel, type AppContext } from './context.js';

/** The name of a part of the environment on the machine, at most 63 characters. */
export function machineName({ input }: AppContext, part: string): string {
  return `${stableName(input, 62 - part.length)}-${part}`;
}

/** Labels of a part of the environment on the machine. */
export function machineLabels(context: AppContext, part: string): Record<string, string> {
  return { ...commonLabels(context), [componentLabel]: part };
}
