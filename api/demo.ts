import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import {
  createClient,
  type Client,
  type EnvironmentAnswer,
  type OutputsAnswer,
  type RequestedAnswer,
  type RunAnswer,
} from './client.js';

export interface DemoProps {
  readonly baseUrl: string;
  readonly token: string;
  readonly print: (line: string) => void;
}

interface Demo {
  readonly client: Client;
  /** A headline with the time since the start. */
  readonly say: (line: string) => void;
  /** A line below a headline. */
  readonly show: (line: string) => void;
}

/**
 * The main job through the public API, each step printed with its time: request, plan, approve, apply, outputs, delete,
 * destroyed. Throws if anything did not hold.
 */
export async function runDemo({ baseUrl, token, print }: DemoProps): Promise<void> {
  const startMs = performance.now();
  const seconds = () => ((performance.now() - startMs) / 1000).toFixed(2).padStart(6);
  const demo: Demo = {
    client: createClient({ baseUrl, token }),
    say: (line) => print(`[${seconds()} s] ${line}`),
    show: (line) => print(`             ${line}`),
  };
  demo.say(`Terrace at ${baseUrl}`);
  const { environment_id: id, run_id: createRunId } = await request(demo);
  await reviewAndApply(demo, createRunId);
  await showReady(demo, id);
  const destroyed = await demo.client.delete<RequestedAnswer>(`/api/v1/environments/${id}`);
  demo.say(`delete requested: run ${destroyed.run_id}, status ${destroyed.status}`);
  await reviewAndApply(demo, destroyed.run_id);
  await showDestroyed(demo, id);
  demo.say('the whole journey held');
}

async function request({ client, say }: Demo): Promise<RequestedAnswer> {
  const { items } = await client.get<{
    items: { account_id: string; tenant_id: string; regions: string[] }[];
  }>('/api/v1/accounts?provider=sandbox');
  const account = expectTo(items.at(-1), 'a sandbox account exists');
  const { items: known } = await client.get<{ items: { ref: string; example: object }[] }>(
    '/api/v1/blueprints',
  );
  const blueprint = expectTo(known[0], 'a blueprint exists');
  const requested = await client.post<RequestedAnswer>('/api/v1/environments', {
    name: `demo-${randomBytes(3).toString('hex')}`,
    tenant_id: account.tenant_id,
    account_id: account.account_id,
    region: expectTo(account.regions[0], 'the account has a region'),
    blueprint: blueprint.ref,
    spec: blueprint.example,
    review: 'required',
  });
  say(`requested ${requested.name}: environment ${requested.environment_id}, run ${requested.run_id}`);
  return requested;
}

async function reviewAndApply({ client, say, show }: Demo, runId: string): Promise<void> {
  const path = `/api/v1/runs/${runId}`;
  const planned = await client.waitForRun(runId, ['awaiting_review']);
  const planId = expectTo(planned.plan?.plan_id, 'a run that awaits review has a plan');
  say(`planned: ${summaryText(planned.plan?.summary)}`);
  const text = await client.text(`${path}/plan`);
  const resources = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('      '));
  for (const line of resources) show(line);
  await client.post<RunAnswer>(`${path}/approve`, {
    plan_id: planId,
    note: 'read and found good',
    // Asked for where the plan is of high risk, as that of a destroy is.
    confirm: planned.review.confirm,
  });
  say(`approved plan ${planId}`);
  await client.followLog(runId, ({ phase, line }) => {
    if (phase !== 'plan' && !line.includes(': Plan to ')) say(line);
  });
  const finished = await client.waitForRun(runId, ['succeeded']);
  say(`${finished.kind} run ${finished.status}`);
  for (const { step, duration_ms: ms } of finished.timings) show(`${step.padEnd(24)} ${Math.round(ms)} ms`);
}

/** The counts of a plan summary that are not zero: `create 21, risk low`. */
function summaryText(summary: unknown): string {
  const facts = Object.entries(Object(summary) as Record<string, unknown>);
  const told = facts.filter(
    ([name, value]) =>
      name !== 'reasons_total' && (typeof value === 'string' || (typeof value === 'number' && value > 0)),
  );
  return told.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}

async function showReady({ client, say, show }: Demo, id: string): Promise<void> {
  const environment = await client.waitFor(id, ['ready']);
  say(`environment is ${environment.status}, health ${environment.health?.overall ?? 'unknown'}`);
  const { outputs, sensitive } = await client.get<OutputsAnswer>(`/api/v1/environments/${id}/outputs`);
  for (const [name, value] of Object.entries(outputs)) show(`${name} = ${JSON.stringify(value)}`);
  for (const name of Object.keys(sensitive ?? {})) show(`${name} = (sensitive)`);
  expectTo(Object.keys(outputs).length > 0 || undefined, 'a ready environment has outputs');
  const objects = await sandboxObjects(client, id);
  say(`the sandbox holds ${objects} objects of it`);
  expectTo(objects > 0 || undefined, 'a ready environment has objects in the sandbox');
}

async function showDestroyed({ client, say }: Demo, id: string): Promise<void> {
  const environment = await client.get<EnvironmentAnswer>(`/api/v1/environments/${id}`);
  say(`environment is ${environment.status}`);
  expectTo(environment.status === 'destroyed' || undefined, 'a deleted environment is destroyed');
  const objects = await sandboxObjects(client, id);
  say(`the sandbox holds ${objects} objects of it`);
  expectTo(objects === 0 || undefined, 'a destroyed environment leaves nothing in the sandbox');
}

async function sandboxObjects(client: Client, id: string): Promise<number> {
  const { items } = await client.get<{ items: unknown[] }>(`/api/v1/sandbox/environments/${id}/objects`);
  return items.length;
}

function expectTo<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`did not hold: ${what}`);
  return value;
}

/** `node dist/api/demo.js <base url> <file with the token>`: exit 0 only if the whole journey held. */
async function main(): Promise<void> {
  const [baseUrl, tokenFile] = process.argv.slice(2);
  if (baseUrl === undefined || tokenFile === undefined)
    throw new Error('usage: demo.js <base url> <token file>');
  const token = (await readFile(tokenFile, 'utf8')).trim();
  await runDemo({ baseUrl, token, print: (line) => void process.stdout.write(`${line}\n`) });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  main().catch((error: unknown) => {
    process.stderr.write(`demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
