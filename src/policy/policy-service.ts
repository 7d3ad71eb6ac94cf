import { inTransaction, type Db, type Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { zodFaults } from '../errors/zod-faults.js';
import { newId } from '../lib/ids.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import { getTenant } from '../tenant/tenant-store.js';
import type { RequestContext } from '../token/principal.js';
import { builtinPolicies } from './builtin-rules.js';
import { faultOf, judgePolicies } from './judge.js';
import { pastPlans } from './judged-store.js';
import { inputOf } from './policy-input.js';
import type { PolicyResult, PolicySettings } from './policy.js';
import {
  deletePolicy,
  getPolicy,
  insertPolicy,
  listPolicies,
  listPolicyVersions,
  savePolicy,
  type PastPolicy,
  type StoredPolicy,
} from './policy-store.js';

export interface NewPolicyCommand {
  readonly tenantId: string | null;
  readonly name: string;
  readonly settings: PolicySettings;
}

/** What a policy would have said of a plan. */
export interface Rehearsal {
  readonly planId: string;
  readonly runId: string;
  readonly environmentId: string;
  readonly createdAt: Date;
  readonly result: PolicyResult;
}

/** Policies. A tenant reads those for all and changes its own; `not_found` for another tenant's. */
export interface PolicyService {
  list(ctx: RequestContext, tenantId: string | undefined, page: PageRequest): Promise<Page<StoredPolicy>>;
  get(ctx: RequestContext, policyId: string): Promise<StoredPolicy>;
  versions(ctx: RequestContext, policyId: string): Promise<PastPolicy[]>;
  create(ctx: RequestContext, command: NewPolicyCommand): Promise<StoredPolicy>;
  change(ctx: RequestContext, policyId: string, settings: PolicySettings): Promise<StoredPolicy>;
  remove(ctx: RequestContext, policyId: string): Promise<void>;
  /** What is wrong with it as it is written; null = nothing. */
  check(settings: PolicySettings): Promise<string | null>;
  /** Judges plans that were made, newest first; changes nothing. */
  rehearse(ctx: RequestContext, policyId: string, page: PageRequest): Promise<Page<Rehearsal>>;
}

export function createPolicyService(db: Db): PolicyService {
  const get = (ctx: RequestContext, policyId: string) => getPolicy(db, ctx.principal.tenantId, policyId);
  const changing = <T>(
    ctx: RequestContext,
    policyId: string,
    work: (tx: Tx, policy: StoredPolicy) => Promise<T>,
  ) => inTransaction(db, async (tx) => work(tx, await ownPolicy(tx, ctx, policyId)));
  return {
    list: (ctx, tenantId, page) => listPolicies(db, ctx.principal.tenantId ?? tenantId ?? null, page),
    get,
    versions: async (ctx, policyId) => listPolicyVersions(db, (await get(ctx, policyId)).policyId),
    create: (ctx, command) => create(db, ctx, command),
    change: async (ctx, policyId, given) => {
      await get(ctx, policyId);
      const settings = await sound(given);
      return changing(ctx, policyId, async (tx, policy) => {
        await savePolicy(tx, policy, { settings, changedBy: ctx.principal.name });
        return getPolicy(tx, ctx.principal.tenantId, policyId);
      });
    },
    remove: (ctx, policyId) =>
      changing(ctx, policyId, (tx) => deletePolicy(tx, policyId, ctx.principal.name)),
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
    rehearse: async (ctx, policyId, page) => rehearse(db, ctx, { policy: await get(ctx, policyId), page }),
  };
}

function faultsIn(error: unknown): string[] {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
    ? error.errors.map(({ path, message }: { path: string; message: string }) => `${path}: ${message}`)
    : [];
}

async function create(db: Db, ctx: RequestContext, command: NewPolicyCommand): Promise<StoredPolicy> {
  const { principal } = ctx;
  const tenantId = principal.tenantId ?? command.tenantId;
  if (command.tenantId !== null && command.tenantId !== tenantId)
    throw appError('not_found', `no tenant ${command.tenantId}`);
  if (tenantId !== null) await getTenant(db, principal.tenantId, tenantId);
  const settings = await sound(command.settings);
  const policyId = newId('policy');
  return inTransaction(db, async (tx) => {
    await insertPolicy(tx, { ...command, settings, tenantId, policyId, changedBy: principal.name });
    return getPolicy(tx, principal.tenantId, policyId);
  });
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

/** The policy, locked; one for all is not for a tenant to change. */
async function ownPolicy(tx: Tx, { principal }: RequestContext, policyId: string): Promise<StoredPolicy> {
  const { tenantId } = await getPolicy(tx, principal.tenantId, policyId);
  if (tenantId === null && principal.tenantId !== null)
    throw appError(
      'forbidden',
      `policy ${policyId} is for every tenant: changing it needs a token that is bound to no tenant`,
    );
  return getPolicy(tx, tenantId, policyId, 'lock');
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
    const [result] = await judgePolicies([policy], inputOf({ facts, summary, changes, now: createdAt }));
    if (result === undefined) continue;
    const { run, environment } = facts;
    judged.push({ planId, runId: run.run_id, environmentId: environment.environment_id, createdAt, result });
  }
  return { items: judged, nextCursor };
}
