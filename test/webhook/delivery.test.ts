import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { startHookedApp, type HookedApp } from './hooked-app.js';
import type { Received } from './receiver.js';

let hooked: HookedApp;
beforeAll(async () => {
  hooked = await startHookedApp();
});
afterAll(() => hooked.close());

const hourMs = 3_600_000;
const verified = (secret: string, { text, headers }: Received) => {
  try {
    return new Webhook(secret).verify(text, { ...headers }) !== undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('an event', () => {
  test('reaches the webhooks of its tenant and of all, signed as an independent verifier wants it', async () => {
    const { receiver, newRun, tell, hook } = hooked;
    const [run, other] = [await newRun(), await newRun()];
    const mine = await hook('/ok/mine', { tenant_id: run.tenantId });
    const all = await hook('/ok/all');
    await hook('/ok/other', { tenant_id: other.tenantId });
    await hook('/ok/disabled', { tenant_id: run.tenantId, enabled: false });
    await hook('/ok/filtered', { tenant_id: run.tenantId, event_types: ['run_failed'] });
    await tell(run, 'run_planning', { kind: 'create' });
    await tell(run, 'run_failed');

    const [first, second] = await receiver.count('/ok/mine', 2);
    expect(first).toMatchObject({
      body: {
        type: 'run_planning',
        timestamp: expect.stringMatching(/Z$/),
        data: {
          event_id: expect.stringMatching(/^evt_/),
          version: 1,
          position: expect.any(Number),
          tenant_id: run.tenantId,
          environment_id: run.environmentId,
          run_id: run.runId,
          message: 'it is run_planning',
          details: { kind: 'create' },
        },
      },
      headers: {
        'content-type': 'application/json',
        'webhook-id': expect.stringMatching(/^dlv_/),
        'user-agent': 'terrace',
      },
    });
    expect(second!.body).toMatchObject({ type: 'run_failed', data: { version: 2 } });
    expect(verified(mine.secret, first!)).toBe(true);
    expect(verified(all.secret, (await receiver.count('/ok/all', 2))[0]!)).toBe(true);
    expect(verified(all.secret, first!)).toBe('No matching signature found');
    expect(verified(mine.secret, { ...first!, text: `${first!.text} ` })).toBe('No matching signature found');
    await receiver.count('/ok/filtered', 1);
    expect(receiver.at('/ok/filtered').map(({ body }) => body.type)).toEqual(['run_failed']);
    expect(receiver.at('/ok/other')).toEqual([]);
    expect(receiver.at('/ok/disabled')).toEqual([]);
    expect(await hooked.delivery(mine.webhook_id, (one) => one.status === 'delivered')).toMatchObject({
      attempts: 1,
      response_code: 200,
      response_body: 'thanks',
      fault: null,
      next_attempt_at: null,
      event_type: 'run_failed',
    });
  });

  test('carries nothing sensitive, whoever wrote it', async () => {
    const { receiver, newRun, tell, hook } = hooked;
    const run = await newRun();
    await hook('/ok/canary', { tenant_id: run.tenantId });
    await tell(run, 'run_planning', {
      password: 'canary-1',
      list: [{ database_password: 'canary-2' }],
      note: 'use AKIAIOSFODNN7EXAMPLE',
    });
    const [one] = await receiver.count('/ok/canary', 1);
    expect(one!.text).not.toMatch(/canary-\d|AKIA/);
    expect(one!.body.data.details).toEqual({
      password: '***',
      list: [{ database_password: '***' }],
      note: 'use ***',
    });
  });

  test('waits for the one before it of its environment, not for those of another', async () => {
    const { receiver, newRun, tell, hook } = hooked;
    const [run, other] = [await newRun(), await newRun()];
    await hook('/held/order');
    for (const type of ['run_planning', 'run_approved', 'run_applying'] as const) await tell(run, type);
    await tell(other);
    const before = await receiver.count('/held/order', 2);
    expect(before.map(({ body }) => [body.data.environment_id, body.data.version])).toEqual([
      [run.environmentId, 1],
      [other.environmentId, 1],
    ]);
    receiver.letGo('/held/order');
    const all = await receiver.count('/held/order', 4);
    const own = all.filter(({ body }) => body.data.environment_id === run.environmentId);
    expect(own.map(({ body }) => body.data.version)).toEqual([1, 2, 3]);
  });

  test('is not held up by a receiver that never answers', async () => {
    const { app, receiver, newRun, tell, hook } = hooked;
    const never = await hook('/never/slow');
    const quick = await hook('/ok/quick');
    const runs = await Promise.all(Array.from({ length: 6 }, newRun));
    for (const run of runs) await tell(run);
    await receiver.count('/ok/quick', 6);
    await receiver.count('/never/slow', 4);
    const { items } = await app.admin.get(`/api/v1/webhooks/${quick.webhook_id}/deliveries?limit=6`);
    for (const { attempts, fault } of items) expect([attempts <= 1, fault]).toEqual([true, null]);
    await app.admin.call('DELETE', `/api/v1/webhooks/${never.webhook_id}`);
  });
});

describe('a secret', () => {
  test('that was replaced signs beside the new one until its time is over', async () => {
    const { app, receiver, newRun, tell, hook, pass } = hooked;
    const run = await newRun();
    const former = await hook('/ok/rotate', { tenant_id: run.tenantId });
    const path = `/api/v1/webhooks/${former.webhook_id}`;
    const { status, body: rotated } = await app.admin.call('POST', `${path}/rotate-secret`, {
      overlap_hours: 2,
    });
    expect(status).toBe(200);
    expect(rotated.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rotated.secret).not.toBe(former.secret);
    await tell(run);
    const [during] = await receiver.count('/ok/rotate', 1);
    expect(during!.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    expect([verified(former.secret, during!), verified(rotated.secret, during!)]).toEqual([true, true]);

    pass(2 * hourMs + 1);
    await tell(run);
    const [, after] = await receiver.count('/ok/rotate', 2);
    expect(after!.headers['webhook-signature']).toMatch(/^v1,\S+$/);
    pass(-2 * hourMs - 1);
  });

  test('is told once and stored sealed', async () => {
    const { app, hook } = hooked;
    const { webhook_id, secret } = await hook('/ok/secret');
    const told = [
      await app.admin.get(`/api/v1/webhooks/${webhook_id}`),
      await app.admin.get('/api/v1/audit'),
    ];
    expect(JSON.stringify(told)).toContain(webhook_id);
    expect(JSON.stringify(told)).not.toContain(secret);
    const { rows } = await app.database.db.query<{ secret: Buffer }>(
      'select secret from webhooks where webhook_id = $1',
      [webhook_id],
    );
    expect(rows[0]!.secret.toString('latin1')).not.toContain(secret.slice('whsec_'.length));
  });
});
