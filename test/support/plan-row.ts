import type { StoredPlan } from '../../src/plan/plan-store.js';
import { newId } from '../../src/lib/ids.js';

/** A plan with nothing in it: the least that a row of `plans` takes. */
export function testPlan(ids: Pick<StoredPlan, 'runId' | 'environmentId'>): StoredPlan {
  return {
    ...ids,
    planId: newId('plan'),
    planFile: Buffer.from('plan'),
    planJson: Buffer.from('{}'),
    cdkJson: '{}',
    changes: [],
    drift: [],
    outputs: [],
    stackInput: null,
    summary: {},
    text: '',
    planSha256: 'a',
    synthSha256: 'b',
    lockSha256: 'c',
    toolVersion: '1.11.4',
    revision: 1,
    cloudAccountId: '000000000000',
    stateLineage: null,
    stateSerial: null,
  };
}
