import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appendLogs } from '../../src/run/run-log-store.js';
import type { Json } from '../support/api.js';
import { startApp, type AppUnderTest } from './app-under-test.js';
import { encodeCursor } from '../../api/cursor.js';
import { readEventStream, type StreamMessage } from '../../api/client-stream.js';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ maxEnvironments: 100 });
});
afterAll(() => app.close());

async function walk(path: string, limit: number): Promise<Json[]> {
  const items: Json[] = [];
  for (let cursor = ''; ;) {
    const page = await app.admin.get(`${path}?limit=${limit}${cursor}`);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    if (page.next_cursor === null) return items;
    cursor = `&cursor=${page.next_cursor}`;
  }
}

describe('a list', () => {
  test('is read whole page by page, newest first, each item once', async () => {
    const made: string[] = [];
    for (let i = 0; i < 7; i++) {
      const { body } = await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
      made.push(body.environment_id);
    }
    const found = (await walk('/api/v1/environments', 3)).map((one) => one.environment_id);
    expect(found.filter((id) => made.includes(id))).toEqual(made.reverse());
    expect(new Set(found).size).toBe(found.length);
    expect((await walk('/api/v1/runs', 1)).length).toBe(found.length);
  });

  test.each([
    ['not base64 at all!', '/api/v1/environments'],
    ['eyJhIjoxfQ', '/api/v1/environments'],
    [encodeCursor('/api/v1/runs', `run_${'0'.repeat(26)}`), '/api/v1/environments'],
    [encodeCursor('/api/v1/environments', "x' or 1=1"), '/api/v1/environments'],
    [encodeCursor('/api/v1/runs/run_1/logs', 'ten'), '/api/v1/runs/run_1/logs'],
  ])('refuses the cursor %s', async (cursor, path) => {
    expect(await app.admin.call('GET', `${path}?cursor=${encodeURIComponent(cursor)}`)).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_cursor',
        detail: 'the cursor was not made by this list: start again without cursor',
      },
    });
  });
});

describe('a log', () => {
  test('is read oldest first by pages, and followed as a stream that ends with the run and resumes', async () => {
    const { db } = app.database;
    const { body } = await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
    const runId: string = body.run_id;
    const lines = Array.from({ length: 5 }, (_, n) => `line ${n}`);
    await appendLogs(db, { runId, epoch: 0, phase: 'plan', lines: lines.slice(0, 3) });
    const following = collect(`/api/v1/runs/${runId}/logs`, '0');
    await appendLogs(db, { runId, epoch: 0, phase: 'plan', lines: lines.slice(3) });
    expect((await walk(`/api/v1/runs/${runId}/logs`, 2)).map((one) => one.line)).toEqual(lines);
    await app.admin.call('POST', `/api/v1/runs/${runId}/cancel`);
    const messages = await following;
    expect(messages.map((message) => JSON.parse(message.data).line)).toEqual(lines);
    const resumed = await collect(`/api/v1/runs/${runId}/logs`, messages[2]!.id);
    expect(resumed.map((message) => JSON.parse(message.data).line)).toEqual(lines.slice(3));
  });

  test('a stream of nothing that exists is a problem, not a stream', async () => {
    const answer = await app.admin.call('GET', '/api/v1/runs/run_none/logs', undefined, {
      accept: 'text/event-stream',
    });
    expect(answer).toMatchObject({ status: 404, body: { detail: 'no run run_none' } });
  });
});

test('a timeline is followed as it grows', async () => {
  const { body } = await app.admin.call('POST', '/api/v1/environments', await app.admin.request());
  const leave = new AbortController();
  const types: string[] = [];
  const stream = readEventStream(new URL(`/api/v1/environments/${body.environment_id}/events`, app.url), {
    token: app.adminToken,
    lastEventId: '0',
    signal: leave.signal,
  });
  for await (const { data } of stream) {
    types.push(JSON.parse(data).type);
    if (types.length === 1) await app.admin.call('POST', `/api/v1/runs/${body.run_id}/cancel`);
    if (types.at(-1) === 'run_canceled') leave.abort();
  }
  expect(types).toEqual(['run_queued', 'run_canceled']);
});

async function collect(path: string, lastEventId: string): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = [];
  const signal = AbortSignal.timeout(20_000);
  for await (const message of readEventStream(new URL(path, app.url), {
    token: app.adminToken,
    lastEventId,
    signal,
  }))
    messages.push(message);
  return messages;
}
