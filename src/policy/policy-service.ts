import type { Db } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { zodFaults } from '../errors/zod-faults.js';
import { newId } from '../lib/ids.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import { createVersionedService, type VersionedService } from '../tenant/versioned-service.js';
import type { RequestContext } from '../token/principal.js';
import { builtinPolicies } from './builtin-rules.js';
import { faultOf, judgePolicies } from './judge.js';
import { pastPlans } from './judged-store.js';
import { inputOf } from './policy-input.js';
import type { PolicyResult, PolicySettings } from './policy.js';
import { policyStore, type StoredPolicy } from './policy-store.js';

/** What a policy would have said of a plan. */
export interface Rehearsal {
  readonly planId: string;
  readonly runId: string;
  readonly environmentId: string;
  readonly createdAt: Date;
  readonly result: PolicyResult;
}

export interface PolicyService extends VersionedService<PolicySettings, string> {
  /** What is wrong with it as it is written; null = nothing. */
  check(settings: PolicySettings): Promise<string | null>;
  /** Judges plans that were made, newest first; changes nothing. */
  rehearse(ctx: RequestContext, policyId: string, page: PageRequest): Promise<Page<Rehearsal>>;
}

export function createPolicyService(db: Db): PolicyService {
  const kept = createVersionedService({
    db,
    store: policyStore,
    newId: () => newId('policy'),
    forAll: (policyId) =>
      `policy ${policyId} is for every tenant: changing it needs a token that is bound to no tenant`,
    sound,
  });
  return {
    ...kept,
    check: async (settings) => {
      try {
        await sound(settings);
        return null;
      } catch (error) {
        const faults = faultsIn(error);
        if (faults.length === 0) throw error;
        return faults.join('; ');
      }
    },
    rehearse: async (ctx, policyId, page) =>
      rehearse(db, ctx, { policy: await kept.get(ctx, policyId), page }),
  };
}

function faultsIn(error: unknown): string[] {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
    ? error.errors.map(({ path, message }: { path: string; message: string }) => `${path}: ${message}`)
    : [];
}

/** The settings with the defaults of a built-in policy filled in. Throws `invalid_request` that names what is wrong. */
async function sound(settings: PolicySettings): Promise<PolicySettings> {
  const { rule } = settings;
  const builtin = rule.kind === 'builtin' ? builtinPolicies[rule.name] : undefined;
  const parsed = builtin?.params.safeParse(settings.params);
  if (parsed?.success === false)
    throw refused(zodFaults(parsed.error).map(({ path, message }) => ({ path: `params.${path}`, message })));
  const whole = { ...settings, params: parsed?.data ?? settings.params };
  const fault = await faultOf(whole);
  if (fault === null) return whole;
  throw refused([{ path: fault.startsWith('in the message: ') ? 'message' : 'expression', message: fault }]);
}

function refused(errors: { path: string; message: string }[]) {
  const text = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return appError('invalid_request', `the policy cannot be judged: ${text}`, { errors });
}

async function rehearse(
  db: Db,
  { principal }: RequestContext,
  { policy, page }: { policy: StoredPolicy; page: PageRequest },
): Promise<Page<Rehearsal>> {
  const tenantId = principal.tenantId ?? policy.tenantId;
  const { items, nextCursor } = toPage(
    await pastPlans(db, tenantId, page),
    page.limit,
    ({ planId }) => planId,
  );
  const judged: Rehearsal[] = [];
  for (const { planId, facts, summary, changes, createdAt } of items) {
    const [result] = await judgePolicies(
      [{ ...policy, policyId: policy.id, name: policy.key }],
      inputOf({ facts, summary, changes, now: createdAt }),
    );
    if (result === undefined) continue;
    const { run, environment } = facts;
    judged.push({ planId, runId: run.run_id, environmentId: environment.environment_id, createdAt, result });
  }
  return { items: judged, nextCursor };
}
