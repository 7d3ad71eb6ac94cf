import type { SpecRule } from '../../src/spec/spec-rule.js';
import type { IspSpecV1 } from './spec.js';

/** The rules of `isp@1` that no single field can tell; those of `app@1` hold besides. */
export const ispRules: readonly SpecRule<IspSpecV1>[] = [
  {
    path: 'setup.command',
    when: ({ setup, database }) => setup.command !== undefined && database.mode === 'none',
    message: 'needs a database; set database.mode or leave it out',
  },
];
