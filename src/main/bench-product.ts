/** The product under measurement: its real processes, started as a user starts them, spoken to over HTTP. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type Client, type EnvironmentAnswer, type RunDetailAnswer } from '../../api/client.js';
import { region } from '../bench/bare.js';
import { blueprint } from '../../stacks/app/blueprint.js';
import { projectRoot } from '../lib/project-root.js';

export interface ProductProps {
  readonly home: string;
  readonly path: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** A started program that has said its ready line. */
export interface Product {
  readonly pid: number;
  /** From the start of the process to its ready line, in milliseconds. */
  readonly readyMs: number;
  /** What follows `listening on`; empty of a worker. */
  readonly url: string;
  /** SIGTERM to its group, and its end. */
  stop(): Promise<void>;
}

/** Starts `npm start` or a single program of `dist/src/main`; throws with its words when it ends before it is ready. */
export async function startProduct(props: ProductProps, program: 'npm' | ProgramName): Promise<Product> {
  const started = performance.now();
  const [bin, args] =
    program === 'npm'
      ? ['npm', ['start', '--silent']]
      : [process.execPath, [join(projectRoot, `dist/src/main/${program}.js`)]];
  const child = spawn(bin, args, {
    cwd: projectRoot,
    detached: true,
    env: {
      PATH: props.path,
      LANG: 'C.UTF-8',
      PORT: '0',
      LOG_LEVEL: 'warn',
      TERRACE_HOME: props.home,
      MAX_ENVIRONMENTS_PER_USER: '10000',
      RATE_LIMIT_PRINCIPAL: '10000000',
      ...props.settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await readyLine(child);
  const readyMs = performance.now() - started;
  return { pid: child.pid!, readyMs, url, stop: () => stop(child) };
}

export type ProgramName = 'all-in-one' | 'api' | 'worker';

async function readyLine(child: ChildProcess): Promise<string> {
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  for await (const line of createInterface({ input: child.stdout! })) {
    const found = /^terrace (?:listening on (http:\S+)|worker ready)$/.exec(line);
    if (found === null) continue;
    child.stdout!.resume();
    return found[1] ?? '';
  }
  throw new Error(`terrace did not start:\n${errors}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  process.kill(-child.pid!, 'SIGTERM');
  await closed;
}

/** A caller of the product's API with the request of the blueprint's example in hand. */
export interface Caller {
  readonly client: Client;
  /** Requests an environment with `review: auto` and waits until it is ready. */
  provision(): Promise<Provisioned>;
  /** Requests many at once and waits for all; the milliseconds it took. */
  provisionMany(count: number): Promise<number>;
  /** How many it has requested. */
  asked(): number;
}

export interface Provisioned {
  /** From before the POST to the answer that says ready. */
  readonly elapsedMs: number;
  readonly startedAtMs: number;
  readonly runId: string;
}

/** The pause between two looks at one environment; of many only one is looked at, so that looking does not weigh. */
const pollMs = { one: 50, many: 250 };

export async function openCaller(product: Product, home: string): Promise<Caller> {
  const token = (await readFile(join(home, 'token'), 'utf8')).trim();
  const client = createClient({ baseUrl: product.url, token });
  const { items } = await client.get<{ items: { account_id: string; tenant_id: string }[] }>(
    '/api/v1/accounts?provider=sandbox',
  );
  const account = items[0];
  if (account === undefined) throw new Error('there is no sandbox account');
  let asked = 0;
  const request = () =>
    client.post<{ environment_id: string; run_id: string }>('/api/v1/environments', {
      name: `bench-${++asked}`,
      tenant_id: account.tenant_id,
      account_id: account.account_id,
      region,
      blueprint: blueprint.ref,
      spec: blueprint.examples[0].spec,
      review: 'auto',
    });
  return {
    client,
    asked: () => asked,
    provision: async () => {
      const [startedAtMs, started] = [Date.now(), performance.now()];
      const { environment_id: id, run_id: runId } = await request();
      await untilReady(client, id, pollMs.one);
      return { elapsedMs: performance.now() - started, startedAtMs, runId };
    },
    provisionMany: async (count) => {
      const started = performance.now();
      const requested = await Promise.all(Array.from({ length: count }, request));
      for (const { environment_id: id } of requested) await untilReady(client, id, pollMs.many);
      return performance.now() - started;
    },
  };
}

async function untilReady(client: Client, environmentId: string, pauseMs: number): Promise<void> {
  for (;;) {
    const { status, error } = await client.get<EnvironmentAnswer>(`/api/v1/environments/${environmentId}`);
    if (status === 'ready') return;
    if (status === 'failed') throw new Error(error?.message ?? `${environmentId} failed`);
    await delay(pauseMs);
  }
}

export interface Step {
  readonly name: string;
  readonly ms: number;
}

/** Where the time of one run went, in order: its steps as the run tells them, and what lies before each of them. */
export function stepsOf(run: RunDetailAnswer, provisioned: Provisioned): Step[] {
  const steps: Step[] = [];
  const times = new Map<string, number>();
  let at = provisioned.startedAtMs;
  for (const { step, started_at: startedAt, duration_ms: ms } of run.timings) {
    const start = Date.parse(startedAt);
    const nth = (times.get(step) ?? 0) + 1;
    times.set(step, nth);
    const name = nth === 1 ? step : `${step} (${nth})`;
    steps.push({ name: `before ${name}`, ms: start - at }, { name, ms });
    at = start + ms;
  }
  return [
    ...steps,
    { name: 'until ready is seen', ms: provisioned.startedAtMs + provisioned.elapsedMs - at },
  ];
}
