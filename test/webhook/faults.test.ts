import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { startHookedApp, type HookedApp } from './hooked-app.js';

let hooked: HookedApp;
beforeAll(async () => {
  hooked = await startHookedApp();
});
afterAll(() => hooked.close());

const hourMs = 3_600_000;
const pathOf = (webhookId: string) => `/api/v1/webhooks/${webhookId}`;

describe('a receiver that', () => {
  const silent = { response_code: null, response_body: null };
  test.each([
    ['fails', '/fail', { response_code: 500, response_body: 'it broke', fault: 'the receiver answered 500' }],
    ['redirects', '/redirect', { ...silent, fault: 'HOST answers with a redirect, which is not followed' }],
    ['breaks the connection', '/reset', { ...silent, fault: 'HOST cannot be reached: ECONNRESET' }],
    ['never answers', '/never', { ...silent, fault: 'HOST did not answer within 400 ms' }],
    ['drips its answer', '/drip', { ...silent, fault: 'HOST did not answer within 400 ms' }],
    [
      'is in a private network',
      'http://internal.example.com/hook',
      {
        ...silent,
        fault:
          'internal.example.com is 10.0.0.7, which is not of the public internet: Terrace calls it only when OUTBOUND_ALLOWED_RANGES names it',
      },
    ],
  ])('%s is asked again later', async (_, path, told) => {
    const run = await hooked.newRun();
    const { webhook_id } = await hooked.hook(path, { tenant_id: run.tenantId });
    await hooked.tell(run);
    const delivery = await hooked.delivery(webhook_id, ({ attempts }) => attempts === 1);
    const fault = told.fault.replace('HOST', `127.0.0.1:${hooked.receiver.port}`);
    expect(delivery).toMatchObject({ status: 'pending', ...told, fault });
    const pauseMs = Date.parse(delivery.next_attempt_at) - Date.parse(delivery.last_attempt_at);
    expect(pauseMs).toBeGreaterThanOrEqual(4_000);
    expect(pauseMs).toBeLessThan(10_000);
    expect(hooked.receiver.at('/ok')).toEqual([]);
    await hooked.app.admin.call('DELETE', pathOf(webhook_id));
  });

  test('answers at length has taken it; the first 1,000 bytes are kept', async () => {
    const run = await hooked.newRun();
    const { webhook_id } = await hooked.hook('/huge', { tenant_id: run.tenantId });
    await hooked.tell(run);
    const { response_body } = await hooked.delivery(webhook_id, ({ status }) => status === 'delivered');
    expect(response_body).toBe('x'.repeat(1000));
  });

  test('asks for patience gets it', async () => {
    const run = await hooked.newRun();
    const { webhook_id } = await hooked.hook('/later', { tenant_id: run.tenantId });
    await hooked.tell(run);
    const delivery = await hooked.delivery(webhook_id, ({ attempts }) => attempts === 1);
    const pauseMs = Date.parse(delivery.next_attempt_at) - Date.parse(delivery.last_attempt_at);
    expect(pauseMs).toBeGreaterThanOrEqual(60_000);
    await hooked.app.admin.call('DELETE', pathOf(webhook_id));
  });

  test('answers 410 is asked no more, and that is told', async () => {
    const { app, newRun, hook, tell, receiver } = hooked;
    const run = await newRun();
    const { webhook_id } = await hook('/gone', { tenant_id: run.tenantId });
    await hook('/ok/gone', { tenant_id: run.tenantId, event_types: ['webhook_disabled'] });
    await tell(run);
    const [told] = await receiver.count('/ok/gone', 1);
    const reason = 'its receiver answered 410: it wants nothing more';
    expect(told!.body.data).toMatchObject({
      message: `webhook ${webhook_id} was disabled: ${reason}; mend the receiver, then enable it`,
      details: { webhook_id, reason },
      environment_id: null,
    });
    expect(await app.admin.get(pathOf(webhook_id))).toMatchObject({
      enabled: false,
      disabled_reason: reason,
    });
    const audit = await app.admin.get(`/api/v1/audit?target=${webhook_id}&action=webhook_disabled`);
    expect(audit.items).toHaveLength(1);
  });
});

test('what fails for a day is given up, a webhook that fails for three is disabled; mended and enabled, it can be sent again', async () => {
  const { app, newRun, tell, hook, receiver, delivery } = hooked;
  let passedMs = 0;
  const pass = (ms: number) => {
    hooked.pass(ms);
    passedMs += ms;
  };
  const run = await newRun();
  const { webhook_id } = await hook('/fail/long', { tenant_id: run.tenantId });
  await tell(run);
  let last: Json = await delivery(webhook_id, ({ attempts }) => attempts === 1);
  while (last.status === 'pending') {
    const { attempts, next_attempt_at } = last;
    pass(Date.parse(next_attempt_at) - Date.now() - passedMs + 1);
    last = await delivery(webhook_id, (now) => now.attempts > attempts);
  }
  expect(last).toMatchObject({ status: 'failed', fault: 'the receiver answered 500', next_attempt_at: null });
  expect(Date.parse(last.last_attempt_at) - Date.parse(last.created_at)).toBeGreaterThanOrEqual(24 * hourMs);
  expect(last.attempts).toBeGreaterThanOrEqual(12);
  expect(last.attempts).toBeLessThanOrEqual(18);
  const { failing_since, enabled } = await app.admin.get(pathOf(webhook_id));
  expect(enabled).toBe(true);

  await tell(run, 'run_failed');
  const second = await delivery(webhook_id, (now) => now.event_type === 'run_failed' && now.attempts === 1);
  pass(50 * hourMs);
  await delivery(webhook_id, ({ status }) => status === 'failed');
  const disabled = await eventually('disabled', async () => {
    const webhook = await app.admin.get(pathOf(webhook_id));
    return !webhook.enabled && webhook;
  });
  expect(disabled.disabled_reason).toBe(`its receiver has failed since ${failing_since}`);

  const again = `${pathOf(webhook_id)}/deliveries/${second.delivery_id}/redeliver`;
  expect(await app.admin.call('POST', again)).toMatchObject({
    status: 409,
    body: { detail: `webhook ${webhook_id} is disabled: enable it first` },
  });
  const mended = { url: receiver.url('/ok/mended'), enabled: true };
  expect((await app.admin.call('PATCH', pathOf(webhook_id), mended)).body).toMatchObject({
    enabled: true,
    disabled_reason: null,
    failing_since: null,
  });
  const redelivered = await app.admin.call('POST', again);
  expect(redelivered).toMatchObject({ status: 202, body: { delivery_id: second.delivery_id } });
  const location = redelivered.headers.get('location')!;
  const delivered = await app.admin.until(location, ({ status }) => status === 'delivered');
  const [received] = receiver.at('/ok/mended');
  const first = receiver.at('/fail/long').find(({ body }) => body.type === 'run_failed')!;
  expect(received!.headers['webhook-id']).toBe(first.headers['webhook-id']);
  expect(received!.text).toBe(first.text);
  expect(delivered.body).toBe(first.text);
  hooked.pass(-passedMs);
});

test('a ping tries a disabled webhook, once', async () => {
  const { app, hook, receiver } = hooked;
  for (const [path, status] of [
    ['/ok/ping', 'delivered'],
    ['/fail/ping', 'failed'],
  ] as const) {
    const { webhook_id } = await hook(path, { enabled: false });
    const pinged = await app.admin.call('POST', `${pathOf(webhook_id)}/ping`);
    expect(pinged.status).toBe(202);
    await app.admin.until(pinged.headers.get('location')!, (now) => now.status === status);
    expect(receiver.at(path).map(({ body }) => body)).toEqual([
      { type: 'webhook_ping', timestamp: expect.any(String), data: { webhook_id } },
    ]);
  }
});

describe('a webhook is refused', () => {
  const operator = 'is not of the public internet: an operator opens it by OUTBOUND_ALLOWED_RANGES';
  test.each([
    [
      'ftp://example.com',
      'must be an https address; http is taken only where OUTBOUND_ALLOWED_RANGES opens a network of your own',
    ],
    ['nonsense', 'must be an https address'],
    [
      'https://me:secret@example.com/',
      'must hold no name and no password: the receiver knows Terrace by the signature',
    ],
    ['https://10.0.0.1/hook', `10.0.0.1 ${operator}`],
    ['http://169.254.169.254/', `169.254.169.254 ${operator}`],
    ['https://[::1]/', `::1 ${operator}`],
  ])('for %s', async (url, message) => {
    const { status, body } = await hooked.app.admin.call('POST', '/api/v1/webhooks', { url });
    expect([status, body.detail, body.errors]).toEqual([422, `url: ${message}`, [{ path: 'url', message }]]);
  });

  test('for an event that there is not, and beyond twenty', async () => {
    const { app, hook, newRun } = hooked;
    const odd = { url: 'https://example.com', event_types: ['run_exploded'] };
    const { body } = await app.admin.call('POST', '/api/v1/webhooks', odd);
    expect(body.errors).toEqual([
      { path: 'event_types.0', message: expect.stringContaining('run_approved') },
    ]);
    const { tenantId: tenant_id } = await newRun();
    await Promise.all(Array.from({ length: 20 }, () => hook('/ok/many', { tenant_id })));
    const more = { url: 'https://example.com', tenant_id };
    expect((await app.admin.call('POST', '/api/v1/webhooks', more)).body).toMatchObject({
      code: 'webhook_limit',
      detail: `tenant ${tenant_id} has 20 webhooks, which is the most: remove one first`,
    });
  });
});
