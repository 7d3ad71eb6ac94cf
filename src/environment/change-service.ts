import type { Db, Tx } from '../db/db.js';
import { inTransaction } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { mergePatch } from '../lib/merge-patch.js';
import type { Page, PageRequest } from '../lib/page.js';
import { getRun, activeRunId } from '../run/run-store.js';
import { transition } from '../run/run-transition.js';
import type { Run } from '../run/run.js';
import type { RequestedTotals } from '../spec/blueprint.js';
import { growth } from '../tenant/quota-rules.js';
import { classOf, ruleFor } from '../review/rule-store.js';
import { hasRight, type RequestContext } from '../token/principal.js';
import type { EnvironmentServiceProps } from './environment-service.js';
import { actionRefused, activeRunFault, assertEnvironmentAction } from './environment-action.js';
import type { EnvironmentAction } from './environment-state.js';
import { getEnvironment, lockEnvironment, saveRevision, saveSettings } from './environment-store.js';
import type { ChangeEnvironment, Environment } from './environment.js';
import { queueRun, type Requested } from './queue-run.js';
import { getRevision, insertRevision, listRevisions, type Revision } from './revision-store.js';
import { insertSecrets } from './secret-store.js';
import { parseSpec } from './spec-check.js';

export interface Changed {
  readonly environment: Environment;
  /** Null when nothing has to be planned. */
  readonly run: Run | null;
}

/** How environments change after they were requested. Throws `not_found` for another tenant's. */
export interface ChangeService {
  /** Settings alone take effect at once; a spec makes a revision and an update run. */
  change(ctx: RequestContext, environmentId: string, command: ChangeEnvironment): Promise<Changed>;
  /** Makes an earlier revision the newest one again, by a run that is reviewed like any other. */
  rollback(ctx: RequestContext, environmentId: string, revision: number): Promise<Requested>;
  revisions(ctx: RequestContext, environmentId: string, page: PageRequest): Promise<Page<Revision>>;
  revision(ctx: RequestContext, environmentId: string, number: number): Promise<Revision>;
}

export function createChangeService(props: EnvironmentServiceProps): ChangeService {
  const { db } = props;
  const seen = (ctx: RequestContext, id: string) => getEnvironment(db, ctx.principal.tenantId, id);
  return {
    change: (ctx, id, command) => change(props, ctx, { id, command }),
    rollback: (ctx, id, revision) => rollback(db, ctx, { id, revision }),
    revisions: async (ctx, id, page) => listRevisions(db, (await seen(ctx, id)).environmentId, page),
    revision: async (ctx, id, number) => getRevision(db, (await seen(ctx, id)).environmentId, number),
  };
}

async function change(
  props: EnvironmentServiceProps,
  ctx: RequestContext,
  { id, command }: { id: string; command: ChangeEnvironment },
): Promise<Changed> {
  return inTransaction(props.db, async (tx) => {
    const environment = await lockEnvironment(tx, ctx.principal.tenantId, id);
    assertUnchanged(environment, command.ifMatch);
    if (environment.status === 'destroyed')
      throw actionRefused(environment, `environment ${id} is destroyed: update is not possible`);
    const labels = mergePatch(environment.labels, command.labels ?? {}) as Record<string, string>;
    assertFewLabels(labels);
    await assertMayReclass(tx, ctx, { environment, labels });
    await saveSettings(tx, id, { ...command, labels });
    const run =
      command.spec === undefined ? null : await changeSpec(props, ctx, { tx, environment, command });
    return { environment: await getEnvironment(tx, null, id), run };
  });
}

/** RFC 9110, section 13.1.1: who changes an environment says which one was read, so that no change is lost. */
function assertUnchanged({ environmentId, version }: Environment, ifMatch: string | undefined): void {
  if (ifMatch === undefined)
    throw appError(
      'precondition_required',
      `If-Match is missing: send the ETag that GET /api/v1/environments/${environmentId} tells`,
    );
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(`"${version}"`)) return;
  throw appError(
    'precondition_failed',
    `If-Match ${ifMatch.slice(0, 100)} is not the ETag of environment ${environmentId}, which is "${version}" now: read it again`,
  );
}

const mostLabels = 32;

function assertFewLabels(labels: Readonly<Record<string, string>>): void {
  const count = Object.keys(labels).length;
  if (count <= mostLabels) return;
  const message = `must be at most ${mostLabels} labels; with this change they would be ${count}`;
  throw appError('invalid_request', `labels: ${message}`, { errors: [{ path: 'labels', message }] });
}

/** The class decides who reviews: who may not change the rules may not slip out of one either. Throws `forbidden`. */
async function assertMayReclass(
  tx: Tx,
  { principal }: RequestContext,
  { environment, labels }: { environment: Environment; labels: Readonly<Record<string, string>> },
): Promise<void> {
  const [from, to] = [classOf(environment), classOf({ labels })];
  if (from === to || hasRight(principal, 'policies')) return;
  const { tenantId, environmentId } = environment;
  const before = await ruleFor(tx, { tenantId, class: from });
  const after = await ruleFor(tx, { tenantId, class: to });
  if (before.ruleId === null || before.ruleId === after.ruleId) return;
  throw appError(
    'forbidden',
    `the label class of environment ${environmentId} puts it under review rule ${before.ruleId}: changing it needs the right policies`,
  );
}

interface SpecChange {
  readonly tx: Tx;
  /** As it was before the change. */
  readonly environment: Environment;
  readonly command: ChangeEnvironment;
}

/** The run of the new spec; null when the newest revision has that very spec and is applied. */
async function changeSpec(
  props: EnvironmentServiceProps,
  ctx: RequestContext,
  { tx, environment, command }: SpecChange,
): Promise<Run | null> {
  const { environmentId, revision, region } = environment;
  const newest = await getRevision(tx, environmentId, revision);
  const whole = command.specMode === 'replace' ? command.spec : mergePatch(newest.spec, command.spec);
  const asked = { ref: newest.blueprint, spec: whole, place: { region } };
  const { blueprint, spec, secrets, totals } = parseSpec(props.blueprints, asked, props.caps);
  const same = canonicalJson(spec) === canonicalJson(newest.spec);
  if (same && environment.appliedRevision === revision && environment.status === 'ready') return null;
  await makeWay(tx, ctx, { environment, action: 'update' });
  if (!same) {
    await insertSecrets(tx, props.keyring, { environmentId, secrets });
    await addRevision(tx, ctx, { environment, blueprint, spec, totals });
  }
  const kind = environment.appliedRevision === null ? 'create' : 'update';
  const raises = growth(newest.totals, totals);
  return (await queueRun(tx, ctx, { environmentId, kind, raises })).run;
}

interface NewRevision {
  readonly environment: Environment;
  readonly blueprint: string;
  readonly spec: unknown;
  readonly totals: RequestedTotals;
  readonly copyOf?: number;
}

async function addRevision(tx: Tx, ctx: RequestContext, one: NewRevision): Promise<void> {
  const { environmentId } = one.environment;
  const number = one.environment.revision + 1;
  const { blueprint, spec, totals, copyOf } = one;
  const createdBy = ctx.principal.tokenId;
  await insertRevision(tx, { environmentId, number, blueprint, spec, totals, copyOf, createdBy });
  await saveRevision(tx, { environmentId, revision: number, blueprint });
}

async function rollback(
  db: Db,
  ctx: RequestContext,
  { id, revision }: { id: string; revision: number },
): Promise<Requested> {
  return inTransaction(db, async (tx) => {
    const environment = await lockEnvironment(tx, ctx.principal.tenantId, id);
    const old = await getRevision(tx, id, revision);
    if (revision === environment.revision)
      throw appError(
        'invalid_request',
        `revision ${revision} is the newest one of environment ${id}: name an earlier one`,
        { errors: [{ path: 'revision', message: `must be less than ${environment.revision}` }] },
      );
    await makeWay(tx, ctx, { environment, action: 'rollback' });
    const { blueprint, spec, totals } = old;
    await addRevision(tx, ctx, { environment, blueprint, spec, totals, copyOf: revision });
    const raises = growth((await getRevision(tx, id, environment.revision)).totals, totals);
    return queueRun(tx, ctx, { environmentId: id, kind: 'rollback', raises });
  });
}

/** Lets a new run begin: a plan that waits for review is superseded, any other active run is in the way. */
async function makeWay(
  tx: Tx,
  ctx: RequestContext,
  { environment, action }: { environment: Environment; action: EnvironmentAction },
): Promise<void> {
  const { environmentId } = environment;
  const activeId = await activeRunId(tx, environmentId);
  const active = activeId === null ? null : await getRun(tx, null, activeId);
  const waits = active?.status === 'awaiting_review' && active.kind !== 'destroy';
  if (active !== null && !waits) throw activeRunFault(environment, active.runId);
  assertEnvironmentAction(environment, action);
  if (active === null) return;
  const message = `plan ${active.planId} expired: ${ctx.principal.name} asked for a newer revision`;
  await transition(tx, {
    runId: active.runId,
    to: 'expired',
    message,
    error: { code: 'plan_expired', message, blame: 'caller', retryable: false, step: null },
    data: { plan_id: active.planId, reason: 'newer_revision' },
    byPerson: true,
  });
}
