import type { allRoutes } from '../api/routes/all.js';
import type { settings } from '../src/config/settings.js';
import type { environmentActions, environmentStatusAfter } from '../src/environment/environment-state.js';
import type { errorCodes } from '../src/errors/codes.js';
import type { eventTypes } from '../src/event/event-types.js';
import type { runActions, runKinds, runTransitions } from '../src/run/run-state.js';
import type * as instanceTable from '../src/sizing/instance-table.js';
import type * as sizingTable from '../src/sizing/sizing-table.js';
import type * as sizing from '../src/sizing/sizing.js';
import type { importRules } from '../src/terraform/import-ids.js';
import type { rightsOfRole, rightTexts } from '../src/access/rights.js';

/** The parts of the code that the tables of the documentation are made from. */
export interface Facts {
  readonly settings: typeof settings;
  readonly errorCodes: typeof errorCodes;
  readonly runTransitions: typeof runTransitions;
  readonly runActions: typeof runActions;
  readonly runKinds: typeof runKinds;
  readonly environmentActions: typeof environmentActions;
  readonly environmentStatusAfter: typeof environmentStatusAfter;
  readonly rightsOfRole: typeof rightsOfRole;
  readonly rightTexts: typeof rightTexts;
  readonly eventTypes: typeof eventTypes;
  readonly importRules: typeof importRules;
  readonly sizing: typeof sizingTable & typeof sizing & typeof instanceTable;
  readonly routes: ReturnType<typeof allRoutes>;
}

export const pages: readonly string[];
export const tables: Readonly<Record<string, (facts: Facts) => string>>;
export function rendered(text: string, facts: Facts): Promise<string>;
export function declaredRoutes(routes: typeof allRoutes): Facts['routes'];
