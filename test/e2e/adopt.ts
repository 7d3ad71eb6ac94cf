/** Objects that exist and that no state knows: adopted when they are the environment's own, left alone when not. */
import { expect, test } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadKeyring } from '../../src/crypto/key-file.js';
import { isSigned } from '../../src/crypto/signing.js';
import { servedEnv } from '../support/terrace.js';
import { api, db, killAndStart, terrace } from './product.js';

const at = (id: string) => `/api/v1/environments/${id}`;
const settled = (id: string) =>
  api.until(at(id), ({ status }) => ['ready', 'failed', 'rolled_back'].includes(status));

/** A ready environment whose state and journal are lost, and the run of its next change. */
async function forgotten(): Promise<{ id: string; change(): Promise<string> }> {
  const spec = { releases: [], ingress: { host: 'a.example.com' } };
  const asked = await api.request({ review: 'auto', rollback_on_failure: false, spec });
  const { environment_id: id } = (await api.call('POST', '/api/v1/environments', asked)).body;
  expect(await settled(id)).toMatchObject({ status: 'ready' });
  await db.query('delete from journal where run_id in (select run_id from runs where environment_id = $1)', [
    id,
  ]);
  await db.query('delete from state_versions where environment_id = $1', [id]);
  const change = async () => {
    const { headers } = await api.call('GET', at(id));
    const body = { spec: { ingress: { host: 'b.example.com' } } };
    const answer = await api.call('PATCH', at(id), body, { 'if-match': headers.get('etag') ?? '' });
    return answer.body.run_id as string;
  };
  return { id, change };
}

test('what is marked as the environment is adopted by the apply that meets it', async () => {
  const { id, change } = await forgotten();
  const { items: before } = await api.get(`/api/v1/sandbox/environments/${id}/objects`);
  const runId = await change();
  expect(await settled(id)).toMatchObject({ status: 'ready', error: null });
  const lines = await api.log(runId);
  expect(lines).toContainEqual(
    expect.stringMatching(/already exists.*looking whether it is this environment's/),
  );
  expect(lines).toContainEqual(expect.stringMatching(/^adopting kubernetes_namespace_v1\./));
  const { items: after } = await api.get(`/api/v1/sandbox/environments/${id}/objects`);
  expect(after).toHaveLength(before.length);
});

test('what is marked as another environment stays, and the text says what to do; a destroy leaves it alone, too', async () => {
  const { id, change } = await forgotten();
  await db.query(
    `update sandbox.objects set value = replace(value::text, $1, 'env_another')::jsonb
     where environment_id = $1 and type = 'kubernetes_namespace_v1'`,
    [id],
  );
  const runId = await change();
  const { status, error } = await settled(id);
  expect({ status, code: error.code }).toEqual({ status: 'failed', code: 'apply_failed' });
  expect(error.message).toMatch(
    /^kubernetes_namespace_v1\.\S+ exists already \(\S+\) and nothing proves that it is this environment's: rename the environment, or remove the object, then retry$/,
  );
  // A worker that died: its journal says that the creation was begun, and no more.
  await db.query(
    `insert into journal (run_id, epoch, address, resource_type, action, step)
     select run_id, epoch, address, resource_type, action, 'started' from journal
     where run_id = $1 and resource_type = 'kubernetes_namespace_v1' and action = 'create' limit 1`,
    [runId],
  );
  const { run_id: destroyId } = (await api.call('DELETE', at(id))).body;
  await api.until(`/api/v1/runs/${destroyId}`, (run) => run.finished_at !== null);
  expect(await api.log(destroyId)).toContainEqual(
    expect.stringMatching(
      /^kubernetes_namespace_v1\.\S+ \(\S+\) is not this environment's and is left alone$/,
    ),
  );
  const { items } = await api.get(`/api/v1/sandbox/environments/${id}/objects`);
  expect(items.map((one: { type: string }) => one.type)).toContain('kubernetes_namespace_v1');
});

test('a destroy whose state is empty looks for what is left, fails by name, and ends with a signed receipt', async () => {
  const { id } = await forgotten();
  await db.query(`delete from sandbox.objects where environment_id = $1 and type not like '%namespace%'`, [
    id,
  ]);
  await api.call('DELETE', at(id));
  const environment = await api.until(at(id), ({ error }) => error !== null);
  expect(environment.error).toMatchObject({
    code: 'destroy_incomplete',
    message: expect.stringMatching(
      /there: kubernetes_namespace_v1 \S+; remove them in the account, then retry$/,
    ),
  });
  expect((await api.get(`${at(id)}/receipt`)).receipt.verdict).toBe('leftovers');
  await db.query(`delete from sandbox.objects where environment_id = $1`, [id]);
  await api.call('DELETE', at(id));
  await api.until(at(id), ({ status }) => status === 'destroyed');
  const { receipt } = await api.get(`${at(id)}/receipt`);
  expect(receipt.verdict).toBe('clean');
  const { body, signature, public_key: publicKey } = receipt;
  expect(isSigned(body, { signature, publicKey })).toBe(true);
});

test('a rollback that does not complete says what is left', async () => {
  const asked = await api.request({ review: 'required', rollback_on_failure: true });
  const { environment_id: id, run_id: runId } = (await api.call('POST', '/api/v1/environments', asked)).body;
  const { plan, review } = await api.until(
    `/api/v1/runs/${runId}`,
    ({ status }) => status === 'awaiting_review',
  );
  const faults = [
    { kind: 'fail', type: 'helm_release', on: 'create' },
    { kind: 'fail', type: 'kubernetes_namespace_v1', on: 'delete' },
  ];
  await api.call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults });
  await api.call('POST', `/api/v1/runs/${runId}/approve`, {
    plan_id: plan.plan_id,
    confirm: review.confirm,
  });
  const { error } = await api.until(at(id), ({ status }) => status === 'failed');
  expect(error.message).toMatch(
    /the rollback did not complete: .*delete the environment to remove the rest$/,
  );
  const { items } = await api.get(`${at(id)}/events?limit=100`);
  const { data } = items.find(({ type }: { type: string }) => type === 'run_failed');
  expect(data.rollback_completed).toBe(false);
  expect(data.left).toContainEqual(expect.stringMatching(/^kubernetes_namespace_v1\./));
});

test('a state that nobody could store outlives a kill -9, sealed; one that does not fit blocks until an admin has decided', async () => {
  const asked = await api.request({ review: 'auto', rollback_on_failure: false });
  const { environment_id: id, run_id: runId } = (await api.call('POST', '/api/v1/environments', asked)).body;
  const slow = { kind: 'delay', type: 'helm_release', delay_ms: 1500 };
  await api.call('PUT', `/api/v1/sandbox/environments/${id}/faults`, { faults: [slow] });
  await api.logged(runId, /helm_release.*Creating/);
  // Somebody else's state is there first: terraform's own is refused, and it leaves errored.tfstate.
  const keyring = await loadKeyring({
    home: terrace.home,
    STATE_ENCRYPTION_KEY: servedEnv(terrace.home)?.['STATE_ENCRYPTION_KEY'],
    STATE_ENCRYPTION_KEY_PREVIOUS: [],
  });
  const foreign = { version: 4, serial: 1, lineage: 'foreign', outputs: {}, resources: [] };
  const sealed = keyring.encrypt(JSON.stringify(foreign), `state:${id}:1`);
  await db.query(
    `insert into state_versions (state_version_id, environment_id, serial, lineage, sha256, size_bytes, resource_count,
       ciphertext, key_id, run_id, epoch) values ($1, $1, 1, 'foreign', 'x', 1, 0, $2, $3, $4, 0)`,
    [id, sealed, keyring.keyId, runId],
  );
  await db.query(`create function away() returns trigger language plpgsql as
    $$ begin raise exception 'away' using errcode = '57P03'; end $$`);
  await db.query('create trigger away before insert on left_states for each row execute function away()');
  expect(await settled(id)).toMatchObject({ status: 'failed', state_diverged: null });
  const folder = join(terrace.home, 'left-states');
  const [file = ''] = await readdir(folder);
  expect((await readFile(join(folder, file))).includes('kubernetes_namespace')).toBe(false);
  expect(await readdir(join(terrace.home, 'work'))).toEqual([]);
  await db.query('drop trigger away on left_states; drop function away');
  await killAndStart();
  expect(await readdir(folder)).toEqual([]);
  await api.call('POST', `${at(id)}/retry`);
  const blocked = await api.until(at(id), (one) => one.state_diverged !== null && one.status === 'failed');
  const { error, state_diverged: diverged, name, allowed_actions } = blocked;
  expect({ code: error.code, allowed_actions }).toEqual({
    code: 'state_diverged',
    allowed_actions: ['health_check'],
  });
  expect(diverged.reason).toMatch(
    /^run \S+ left state \d+, which could not be stored; state 1 is stored, without .*kubernetes_namespace_v1\./,
  );
  expect(await api.call('DELETE', at(id))).toMatchObject({
    status: 409,
    body: {
      code: 'state_diverged',
      detail: `the state of environment ${id} has diverged since ${diverged.since}: ${diverged.reason}; decide with POST ${at(id)}/state/repair`,
    },
  });
  const left = (await api.call('GET', `${at(id)}/state/left`)).body;
  const decision = { take: 'left_state', confirm: name, reason: 'it is what the apply made' };
  const { body: repaired } = await api.call('POST', `${at(id)}/state/repair`, decision);
  expect(repaired).toMatchObject({
    state_diverged: null,
    allowed_actions: expect.arrayContaining(['retry']),
  });
  const { items: before } = await api.get(`/api/v1/sandbox/environments/${id}/objects`);
  await api.call('POST', `${at(id)}/retry`);
  await api.until(at(id), (one) => one.status === 'ready');
  const { items: after } = await api.get(`/api/v1/sandbox/environments/${id}/objects`);
  const ids = (items: { object_id: string }[]) => items.map((one) => one.object_id);
  expect(ids(after)).toEqual(expect.arrayContaining(ids(before)));
  const { items: versions } = await api.get(`${at(id)}/state-versions`);
  expect(versions.map((one: { lineage: string }) => one.lineage)).toContain(left.lineage);
  expect(versions[0].lineage).toBe(left.lineage);
});
