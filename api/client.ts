import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { readEventStream } from './client-stream.js';
import type { environment, event, outputs, requested } from './schemas/environment.js';
import type { logLine, plan, run, runDetail } from './schemas/run.js';

export type EnvironmentAnswer = z.output<typeof environment>;
export type RequestedAnswer = z.output<typeof requested>;
export type OutputsAnswer = z.output<typeof outputs>;
export type EventAnswer = z.output<typeof event>;
export type RunAnswer = z.output<typeof run>;
export type RunDetailAnswer = z.output<typeof runDetail>;
export type PlanAnswer = z.output<typeof plan>;
export type LogLineAnswer = z.output<typeof logLine>;

/** An answer other than 2xx, with its problem document. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: unknown,
    detail: string,
  ) {
    super(`${status} ${code}: ${detail}`);
    this.name = 'ProblemError';
  }
}

export interface ClientProps {
  readonly baseUrl: string;
  readonly token: string;
  /** Limit of one call in milliseconds. @default 30 s */
  readonly timeoutMs?: number;
}

export interface Waiting {
  /** Told of every line of the timeline as it comes. */
  readonly onEvent?: (event: EventAnswer) => void;
  /** @default 15 minutes */
  readonly limitMs?: number;
}

/** A client of the REST API, as a customer would write it. */
export interface Client {
  get<T>(path: string): Promise<T>;
  text(path: string): Promise<string>;
  /** Sent with an Idempotency-Key, so that a lost answer can be asked for again. */
  post<T>(path: string, body?: unknown, idempotencyKey?: string): Promise<T>;
  /** Of whatever version there is. */
  patch<T>(path: string, body: unknown): Promise<T>;
  delete<T>(path: string): Promise<T>;
  /** Follows the timeline until the environment has one of the statuses; throws past the limit, or when it failed instead. */
  waitFor(environmentId: string, statuses: readonly string[], waiting?: Waiting): Promise<EnvironmentAnswer>;
  /** The same for a run. */
  waitForRun(runId: string, statuses: readonly string[], waiting?: Waiting): Promise<RunDetailAnswer>;
  /** The log of a run from the beginning, until the run ends or `signal` says so. */
  followLog(runId: string, onLine: (line: LogLineAnswer) => void, signal?: AbortSignal): Promise<void>;
}

export function createClient(props: ClientProps): Client {
  const { baseUrl, token, timeoutMs = 30_000 } = props;
  const send = async (
    method: string,
    path: string,
    init: { accept?: string; body?: unknown; key?: string; ifMatch?: string } = {},
  ) => {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: init.accept ?? 'application/json',
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(init.key === undefined ? {} : { 'idempotency-key': init.key }),
        ...(init.ifMatch === undefined ? {} : { 'if-match': init.ifMatch }),
      },
      body: init.body === undefined ? undefined : JSON.stringify(init.body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (!response.ok) throw problemError(response.status, text);
    return text;
  };
  const get = async <T>(path: string) => JSON.parse(await send('GET', path)) as T;
  const stream = (path: string, lastEventId: string, signal: AbortSignal) =>
    readEventStream(new URL(path, baseUrl), { token, lastEventId, signal });

  const until = async <T>(
    environmentId: string,
    check: () => Promise<T | undefined>,
    { onEvent, limitMs = 900_000 }: Waiting,
  ) => {
    const signal = AbortSignal.timeout(limitMs);
    let lastId = '0';
    while (!signal.aborted) {
      const leave = new AbortController();
      for await (const { id, data } of stream(
        `/api/v1/environments/${environmentId}/events`,
        lastId,
        AbortSignal.any([signal, leave.signal]),
      )) {
        lastId = id;
        onEvent?.(JSON.parse(data) as EventAnswer);
        const found = await check();
        if (found === undefined) continue;
        leave.abort();
        return found;
      }
      await delay(200);
    }
    throw new Error(`not within ${limitMs / 1000} s: ${environmentId}`);
  };

  const settled = <T extends { status: string; error: { message: string } | null }>(
    one: T,
    statuses: readonly string[],
    bad: readonly string[],
  ): T | undefined => {
    if (statuses.includes(one.status)) return one;
    if (bad.includes(one.status))
      throw new Error(`is ${one.status}: ${one.error?.message ?? 'no reason given'}`);
    return undefined;
  };

  return {
    get,
    text: (path) => send('GET', path, { accept: 'text/plain' }),
    post: async <T>(path: string, body?: unknown, key: string = randomUUID()) =>
      JSON.parse(await send('POST', path, { body, key })) as T,
    patch: async <T>(path: string, body: unknown) =>
      JSON.parse(await send('PATCH', path, { body, ifMatch: '*' })) as T,
    delete: async <T>(path: string) => JSON.parse(await send('DELETE', path)) as T,
    waitFor: (id, statuses, waiting = {}) =>
      until(
        id,
        async () =>
          settled(await get<EnvironmentAnswer>(`/api/v1/environments/${id}`), statuses, failedEnvironment),
        waiting,
      ),
    waitForRun: async (id, statuses, waiting = {}) => {
      const read = () => get<RunDetailAnswer>(`/api/v1/runs/${id}`);
      const { environment_id: environmentId } = await read();
      return until(environmentId, async () => settled(await read(), statuses, failedRun), waiting);
    },
    followLog: async (id, onLine, signal = new AbortController().signal) => {
      for await (const { data } of stream(`/api/v1/runs/${id}/logs`, '0', signal))
        onLine(JSON.parse(data) as LogLineAnswer);
    },
  };
}

const failedEnvironment = ['failed', 'rolled_back', 'destroyed'];
const failedRun = ['failed', 'rolled_back', 'rejected', 'expired', 'stale', 'canceled'];

function problemError(status: number, text: string): ProblemError {
  try {
    const problem = JSON.parse(text) as { code?: string; detail?: string };
    return new ProblemError(status, problem.code ?? 'unknown', problem, problem.detail ?? text);
  } catch {
    return new ProblemError(status, 'unknown', null, text.slice(0, 300));
  }
}
