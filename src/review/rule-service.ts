import type { Db } from '../db/db.js';
import { newId } from '../lib/ids.js';
import { createVersionedService, type VersionedService } from '../tenant/versioned-service.js';
import type { RuleSettings } from './review-rules.js';
import { ruleStore } from './rule-store.js';

export type RuleService = VersionedService<RuleSettings, string | null>;

export function createRuleService(db: Db): RuleService {
  return createVersionedService({
    db,
    store: ruleStore,
    newId: () => newId('reviewRule'),
    forAll: (ruleId) =>
      `review rule ${ruleId} is for every tenant: changing it needs a token that is bound to no tenant; make one of your own for the class`,
    sound: (settings) => Promise.resolve(settings),
  });
}
