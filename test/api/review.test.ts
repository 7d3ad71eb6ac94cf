import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, Api, Json } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { awaitReview } from './awaiting-review.js';
import { stepRun } from './run-steps.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 1000 });
});
afterAll(() => app.close());

const refused = (status: number, code: string, detail: string) => ({ status, body: { code, detail } });
const high = { risk: 'high', delete: 1 };

interface Waiting {
  readonly id: string;
  readonly name: string;
  readonly runId: string;
  readonly planId: string;
  readonly path: string;
}

/** An environment of that class whose plan awaits review, asked for by `by`. */
async function waiting(
  over: Record<string, unknown> = {},
  summary = {},
  by: Api = app.admin,
): Promise<Waiting> {
  const { body } = await by.call('POST', '/api/v1/environments', await app.admin.request(over));
  const { environment_id: id, run_id: runId, name } = body;
  const planId = await awaitReview(app.database.db, { runId, environmentId: id }, summary);
  return { id, name, runId, planId, path: `/api/v1/runs/${runId}` };
}

let classes = 0;
/** A rule for a class of its own, which it returns. */
async function ruleOf(settings: Record<string, unknown>): Promise<{ class: string; ruleId: string }> {
  const name = `class-${(classes += 1)}`;
  const { status, body } = await app.admin.call('POST', '/api/v1/review-rules', { class: name, ...settings });
  expect(status).toBe(201);
  return { class: name, ruleId: body.rule_id };
}

const approve = (by: Api, { path, planId }: Waiting, over: Record<string, unknown> = {}): Promise<Answer> =>
  by.call('POST', `${path}/approve`, { plan_id: planId, ...over });
const standing = async (by: Api, { path }: Waiting): Promise<Json> => (await by.get(path)).review;
const eventsOf = async ({ id }: Waiting): Promise<Json[]> =>
  (await app.admin.get(`/api/v1/environments/${id}/events`)).items;

describe('a rule that wants two people', () => {
  test('has both of them counted, the author not among them', async () => {
    const { class: name, ruleId } = await ruleOf({ approvals: 2 });
    const author = await app.as('admin');
    const [first, second] = [await app.as('approver'), await app.as('approver')];
    const run = await waiting({ labels: { class: name } }, {}, author.api);
    const own = `you asked for what run ${run.runId} does: review rule ${ruleId} (version 1) wants 2 people other than you`;
    expect(await standing(author.api, run)).toMatchObject({
      needed: 2,
      given: 0,
      missing: 2,
      rule: { rule_id: ruleId, class: name },
      can_approve: false,
      why_not: own,
      why: 'the environment has review: required',
    });
    expect(await approve(author.api, run)).toMatchObject(refused(403, 'own_plan', own));
    expect(await approve(first.api, run, { note: 'read it' })).toMatchObject({
      status: 202,
      body: { status: 'awaiting_review' },
    });
    expect(await app.admin.get(run.path)).toMatchObject({
      blocked_by: `review of plan ${run.planId}: 1 approval to go`,
    });
    const twice = `you approved plan ${run.planId} already: 1 of 2 approvals are given; somebody else has to`;
    expect(await approve(first.api, run)).toMatchObject(refused(409, 'already_approved', twice));
    expect(await standing(first.api, run)).toMatchObject({ can_approve: false, why_not: twice });
    expect(await standing(second.api, run)).toMatchObject({ can_approve: true, why_not: null, given: 1 });
    expect(await approve(second.api, run)).toMatchObject({ status: 202, body: { status: 'approved' } });
    const told = (await eventsOf(run)).filter(({ type }) => type.startsWith('review_'));
    expect(told.map(({ type, message, data }) => ({ type, message, data }))).toEqual([
      {
        type: 'review_approved',
        message: `approver-token approved plan ${run.planId} (1 of 2)`,
        data: {
          plan_id: run.planId,
          note: 'read it',
          by: 'approver-token',
          by_id: first.tokenId,
          rule: `review rule ${ruleId} (version 1)`,
        },
      },
      expect.objectContaining({ message: `approver-token approved plan ${run.planId} (2 of 2)` }),
    ]);
  });

  test('counts the newest word of each: an approval can be withdrawn, and given again', async () => {
    const { class: name } = await ruleOf({ approvals: 2 });
    const [one, other] = [await app.as('approver'), await app.as('approver')];
    const run = await waiting({ labels: { class: name } });
    const withdraw = (by: Api) => by.call('POST', `${run.path}/withdraw`, { plan_id: run.planId });
    expect(await withdraw(one.api)).toMatchObject(
      refused(
        409,
        'nothing_to_withdraw',
        `you have not approved plan ${run.planId}: there is nothing to withdraw`,
      ),
    );
    await approve(one.api, run);
    expect((await withdraw(one.api)).status).toBe(202);
    expect(await standing(other.api, run)).toMatchObject({ given: 0, missing: 2 });
    await approve(other.api, run);
    expect((await approve(one.api, run)).body.status).toBe('approved');
    expect(await withdraw(one.api)).toMatchObject(
      refused(409, 'action_not_allowed', `run ${run.runId} is approved: withdraw is not possible`),
    );
  });

  test('is not satisfied by two approvals of one person at the same time', async () => {
    const { class: name } = await ruleOf({ approvals: 2 });
    const { api } = await app.as('approver');
    const run = await waiting({ labels: { class: name } });
    const answers = await Promise.all([approve(api, run), approve(api, run)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect((await app.admin.get(run.path)).status).toBe('awaiting_review');
  });
});

describe('who may approve', () => {
  test('is decided by the roles of the rule', async () => {
    const { class: name, ruleId } = await ruleOf({ approvals: 1, roles: ['approver'] });
    const run = await waiting({ labels: { class: name } });
    const other = await app.as('admin');
    const text = `review rule ${ruleId} (version 1) lets approver approve; your role is admin`;
    expect(await approve(other.api, run)).toMatchObject(refused(403, 'forbidden', text));
    const operator = await app.as('operator');
    expect(await standing(operator.api, run)).toMatchObject({
      can_approve: false,
      why_not: 'the role operator lacks the right approve',
    });
    expect(await approve(operator.api, run)).toMatchObject(
      refused(
        403,
        'forbidden',
        'the role operator lacks the right approve for POST /api/v1/runs/{run_id}/approve',
      ),
    );
  });

  test('without a rule is anybody with the right, the author included', async () => {
    const run = await waiting();
    expect(await standing(app.admin, run)).toMatchObject({
      rule: { rule_id: null },
      needed: 1,
      can_approve: true,
    });
    expect((await approve(app.admin, run)).body.status).toBe('approved');
  });

  test('changes with the rule, at once', async () => {
    const { class: name, ruleId } = await ruleOf({ approvals: 2 });
    const run = await waiting({ labels: { class: name } });
    const { api } = await app.as('approver');
    await approve(api, run);
    await app.admin.call('PUT', `/api/v1/review-rules/${ruleId}`, { approvals: 1 });
    expect(await standing(api, run)).toMatchObject({ missing: 0, can_approve: true, rule: { version: 2 } });
    expect((await approve(api, run)).body.status).toBe('approved');
  });
});

describe('a plan of high risk', () => {
  test('takes the name of the environment besides', async () => {
    const run = await waiting({}, high);
    const text = `plan ${run.planId} is of high risk: send "confirm": "${run.name}", the name of the environment, with the approval`;
    for (const confirm of [undefined, null, 'something else'])
      expect(await approve(app.admin, run, confirm === undefined ? {} : { confirm })).toMatchObject(
        refused(422, 'confirmation_required', text),
      );
    expect(await standing(app.admin, run)).toMatchObject({ confirm: run.name });
    expect((await approve(app.admin, run, { confirm: run.name })).body.status).toBe('approved');
  });

  test('whose summary nobody can read counts as one', async () => {
    const run = await waiting({}, { risk: 'tiny' });
    expect((await approve(app.admin, run)).body.code).toBe('confirmation_required');
  });
});

describe('an approval is refused', () => {
  test('for another plan than that of the run', async () => {
    const run = await waiting();
    expect(await approve(app.admin, { ...run, planId: 'plan_other' })).toMatchObject(
      refused(
        409,
        'plan_mismatch',
        `plan plan_other is not the current plan of run ${run.runId}; that is ${run.planId}`,
      ),
    );
  });

  test('during a cancel', async () => {
    const run = await waiting();
    await stepRun(app.database.db, run.runId, 'approved', 'applying', 'canceling');
    expect(await approve(app.admin, run)).toMatchObject(
      refused(409, 'action_not_allowed', `run ${run.runId} is canceling: approve is not possible`),
    );
  });

  test('when it races with a reject: one of them wins, for good', async () => {
    for (let round = 0; round < 8; round += 1) {
      const run = await waiting();
      const reject = () => app.admin.call('POST', `${run.path}/reject`, { plan_id: run.planId });
      const both =
        round % 2 === 0 ? [approve(app.admin, run), reject()] : [reject(), approve(app.admin, run)];
      const answers = await Promise.all(both);
      const won = answers.filter(({ status }) => status === 202);
      const lost = answers.filter(({ status }) => status === 409);
      expect([won.length, lost.length]).toEqual([1, 1]);
      const { status } = await app.admin.get(run.path);
      expect(won[0]?.body.status).toBe(status);
      expect(lost[0]?.body.code).toBe('action_not_allowed');
    }
  });

  test.each([
    ['changed', `set_byte(plan_file, 40, get_byte(plan_file, 40) # 1)`],
    ['changed in its head', `set_byte(plan_file, 3, get_byte(plan_file, 3) # 1)`],
    ['cut off', 'substring(plan_file for length(plan_file) - 1)'],
    ['emptied', `''::bytea`],
  ])('when the stored plan file was %s, which the audit log tells', async (_, sql) => {
    const run = await waiting();
    await app.database.db.query(`update plans set plan_file = ${sql} where plan_id = $1`, [run.planId]);
    const text = `the stored plan file of plan ${run.planId} is not what was planned: it does not open; replan the run, and find out who changed it`;
    expect(await approve(app.admin, run)).toMatchObject({
      ...refused(409, 'artifact_corrupt', text),
      body: { allowed_actions: ['replan'] },
    });
    expect(await app.admin.get(run.path)).toMatchObject({
      status: 'stale',
      error: { code: 'artifact_corrupt', message: text },
    });
    const { items } = await app.admin.get(`/api/v1/audit?target=${run.runId}`);
    expect(items[0]).toMatchObject({ result: 'refused', code: 'artifact_corrupt', detail: text });
  });

  test('when the generated stack was changed', async () => {
    const run = await waiting();
    await app.database.db.query(`update plans set cdk_json = '{ }' where plan_id = $1`, [run.planId]);
    expect(await approve(app.admin, run)).toMatchObject(
      refused(
        409,
        'artifact_corrupt',
        `the stored generated stack of plan ${run.planId} is not what was planned: its SHA-256 is another one; replan the run, and find out who changed it`,
      ),
    );
  });

  test('when the state has moved since: the run is stale', async () => {
    const run = await waiting();
    await app.database.db.query(
      `insert into state_versions (state_version_id, environment_id, serial, lineage, sha256, size_bytes, resource_count,
         ciphertext, key_id, run_id, epoch) values ($1, $2, 4, 'l', '', 0, 0, '', 'k', $3, 1)`,
      [`sv_${run.runId}`, run.id, run.runId],
    );
    const text = `plan ${run.planId} is stale: changed since it was made: state lineage, state serial; replan the run`;
    expect(await approve(app.admin, run)).toMatchObject(refused(409, 'plan_stale', text));
    expect(await app.admin.get(run.path)).toMatchObject({ status: 'stale', allowed_actions: ['replan'] });
    expect(await approve(app.admin, run)).toMatchObject(
      refused(409, 'action_not_allowed', `run ${run.runId} is stale: approve is not possible; replan it`),
    );
  });

  test('when the plan is too old: the run is expired', async () => {
    const run = await waiting();
    await app.database.db.query(
      `update plans set created_at = created_at - interval '25 hours' where plan_id = $1`,
      [run.planId],
    );
    const text = `plan ${run.planId} expired: nobody approved it within 24 h (PLAN_MAX_AGE); replan the run`;
    expect(await approve(app.admin, run)).toMatchObject(refused(409, 'plan_expired', text));
    expect(await approve(app.admin, run)).toMatchObject(
      refused(409, 'action_not_allowed', `run ${run.runId} is expired: approve is not possible; replan it`),
    );
  });
});

describe('a replan', () => {
  test('is a new run of the same revision, by the same author, and ends the one that waits', async () => {
    const author = await app.as('operator');
    const run = await waiting({}, {}, author.api);
    const answer = await app.admin.call('POST', `${run.path}/replan`, {});
    expect(answer).toMatchObject({
      status: 202,
      body: { kind: 'create', revision: 1, status: 'queued', replan_of: run.runId },
    });
    expect(await app.admin.get(run.path)).toMatchObject({
      status: 'expired',
      error: { message: `plan ${run.planId} expired: admin-token asked to plan again` },
    });
    const { rows } = await app.database.db.query('select author_id from runs where run_id = $1', [
      answer.body.run_id,
    ]);
    expect(rows).toEqual([{ author_id: author.tokenId }]);
    expect(await app.admin.call('POST', `${run.path}/replan`, {})).toMatchObject(
      refused(409, 'active_run', `environment ${run.id} already has an active run ${answer.body.run_id}`),
    );
  });

  test('is for the newest run alone, and for one that has a plan to lose', async () => {
    const run = await waiting();
    const again = (await app.admin.call('POST', `${run.path}/replan`, {})).body.run_id;
    expect(await app.admin.call('POST', `/api/v1/runs/${again}/replan`, {})).toMatchObject(
      refused(409, 'action_not_allowed', `run ${again} is queued: replan is not possible`),
    );
    await app.admin.call('POST', `/api/v1/runs/${again}/cancel`, {});
    expect(await app.admin.call('POST', `${run.path}/replan`, {})).toMatchObject(
      refused(
        409,
        'action_not_allowed',
        `run ${run.runId} is not the newest of environment ${run.id}, which is ${again}: replan is not possible`,
      ),
    );
  });
});

test('comments are kept with the plan they were made on, and are told', async () => {
  const run = await waiting();
  const viewer = await app.as('viewer');
  const { api: operator, tokenId } = await app.as('operator');
  const say = (text: string) => operator.call('POST', `${run.path}/comments`, { text });
  expect(await say('why large?')).toMatchObject({
    status: 201,
    body: { plan_id: run.planId, written_by: 'operator-token', author_id: tokenId, text: 'why large?' },
  });
  await say('ah, the customers');
  const page = await viewer.api.get(`${run.path}/comments?limit=1`);
  expect(page.items).toMatchObject([{ text: 'why large?' }]);
  const next = await viewer.api.get(`${run.path}/comments?limit=1&cursor=${page.next_cursor}`);
  expect(next).toMatchObject({ items: [{ text: 'ah, the customers' }], next_cursor: null });
  expect((await viewer.api.call('POST', `${run.path}/comments`, { text: 'x' })).status).toBe(403);
  expect((await say('  ')).status).toBe(422);
  expect((await eventsOf(run)).filter(({ type }) => type === 'run_commented')).toHaveLength(2);
});
