import { inTransaction, type Db, type Tx } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import { getTenant } from '../tenant/tenant-store.js';
import type { RequestContext } from '../token/principal.js';
import type { RuleSettings } from './review-rules.js';
import {
  deleteRule,
  getRule,
  insertRule,
  listRules,
  listVersions,
  saveRule,
  type PastVersion,
  type StoredRule,
} from './rule-store.js';

export interface NewRuleCommand {
  readonly tenantId: string | null;
  readonly class: string | null;
  readonly settings: RuleSettings;
}

/** Rules of review. A tenant reads those for all and changes its own; `not_found` for another tenant's. */
export interface RuleService {
  list(
    ctx: RequestContext,
    filter: { tenantId?: string; class?: string },
    page: PageRequest,
  ): Promise<Page<StoredRule>>;
  get(ctx: RequestContext, ruleId: string): Promise<StoredRule>;
  versions(ctx: RequestContext, ruleId: string): Promise<PastVersion[]>;
  create(ctx: RequestContext, command: NewRuleCommand): Promise<StoredRule>;
  change(ctx: RequestContext, ruleId: string, settings: RuleSettings): Promise<StoredRule>;
  remove(ctx: RequestContext, ruleId: string): Promise<void>;
}

export function createRuleService(db: Db): RuleService {
  const get = (ctx: RequestContext, ruleId: string) => getRule(db, ctx.principal.tenantId, ruleId);
  const changing = <T>(ctx: RequestContext, ruleId: string, work: (tx: Tx, rule: StoredRule) => Promise<T>) =>
    inTransaction(db, async (tx) => work(tx, await ownRule(tx, ctx, ruleId)));
  return {
    list: (ctx, filter, page) =>
      listRules(db, { ...filter, tenantId: ctx.principal.tenantId ?? filter.tenantId ?? null }, page),
    get,
    versions: async (ctx, ruleId) => listVersions(db, (await get(ctx, ruleId)).ruleId),
    create: (ctx, command) => create(db, ctx, command),
    change: (ctx, ruleId, settings) =>
      changing(ctx, ruleId, async (tx, rule) => {
        await saveRule(tx, rule, { settings, changedBy: ctx.principal.name });
        return getRule(tx, null, ruleId);
      }),
    remove: (ctx, ruleId) => changing(ctx, ruleId, (tx) => deleteRule(tx, ruleId, ctx.principal.name)),
  };
}

async function create(db: Db, ctx: RequestContext, command: NewRuleCommand): Promise<StoredRule> {
  const { principal } = ctx;
  const tenantId = principal.tenantId ?? command.tenantId;
  if (command.tenantId !== null && command.tenantId !== tenantId)
    throw appError('not_found', `no tenant ${command.tenantId}`);
  if (tenantId !== null) await getTenant(db, principal.tenantId, tenantId);
  const ruleId = newId('reviewRule');
  return inTransaction(db, async (tx) => {
    await insertRule(tx, { ...command, tenantId, ruleId, changedBy: principal.name });
    return getRule(tx, principal.tenantId, ruleId);
  });
}

/** The rule, locked; one for all is not for a tenant to change. */
async function ownRule(tx: Tx, { principal }: RequestContext, ruleId: string): Promise<StoredRule> {
  const { tenantId } = await getRule(tx, principal.tenantId, ruleId);
  if (tenantId === null && principal.tenantId !== null)
    throw appError(
      'forbidden',
      `review rule ${ruleId} is for every tenant: changing it needs a token that is bound to no tenant; make one of your own for the class`,
    );
  return getRule(tx, tenantId, ruleId, 'lock');
}
