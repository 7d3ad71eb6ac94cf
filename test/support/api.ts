/** A client for tests: JSON in, JSON out, nothing hidden. */
import { randomUUID } from 'node:crypto';
import { eventually } from './eventually.js';

// A test reads answers as loosely as a shell script would.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface Api {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Json>;
  /** Polls `path` until `done` holds; throws with the last answer after `limitMs`. */
  until(path: string, done: (body: Json) => boolean, limitMs?: number): Promise<Json>;
  /** Every line of a run's log so far. */
  log(runId: string): Promise<string[]>;
  /** Waits until a line of a run's log matches. */
  logged(runId: string, pattern: RegExp): Promise<void>;
  /** The body of a request for an environment in the seeded sandbox account. */
  request(over?: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** A shop with a chart, a database, a cache and a host. */
export const exampleSpec = {
  releases: [{ repository: 'https://charts.example.com', chart: 'shop', version: '1.4.2' }],
  ingress: { host: 'shop.acme.example.com' },
};

export function apiOf({ url, token }: { url: string; token: string }): Api {
  const call: Api['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: json && text !== '' ? JSON.parse(text) : text,
    };
  };
  const get = async (path: string) => (await call('GET', path)).body;
  const log = async (runId: string) => {
    const lines: string[] = [];
    let page = await get(`/api/v1/runs/${runId}/logs?limit=1000`);
    for (;;) {
      lines.push(...page.items.map((item: Json) => item.line));
      if (page.next_cursor === null) return lines;
      page = await get(`/api/v1/runs/${runId}/logs?limit=1000&cursor=${page.next_cursor}`);
    }
  };
  return {
    call,
    get,
    log,
    logged: async (runId, pattern) => {
      await eventually(`a line of ${runId} like ${pattern}`, async () =>
        (await log(runId)).some((line) => pattern.test(line)),
      );
    },
    until: async (path, done, limitMs = 40_000) => {
      const deadline = Date.now() + limitMs;
      for (let waitMs = 25; ; waitMs = Math.min(waitMs * 1.3, 100)) {
        const body = await get(path);
        if (done(body)) return body;
        if (Date.now() > deadline)
          throw new Error(`not in ${limitMs} ms: ${path}: ${JSON.stringify(body).slice(0, 1500)}`);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    },
    request: async (over = {}) => {
      const accounts = await get('/api/v1/accounts');
      const account = accounts.items.find((one: Json) => one.provider === 'sandbox');
      return {
        name: `app-${randomUUID().slice(0, 8)}`,
        tenant_id: account.tenant_id,
        account_id: account.account_id,
        region: 'eu-central-1',
        blueprint: 'app@1',
        spec: exampleSpec,
        ...over,
      };
    },
  };
}
