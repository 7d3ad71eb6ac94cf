/**
 * The other side of the comparison: what a script would do with terraform alone, `init`, `plan -out`, `apply` of that plan,
 * on stacks made beforehand, against a sandbox like the one in the product and a state server that does the least.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '../db/db.js';
import type { Log } from '../log/log.js';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.js';
import type { Blueprint } from '../spec/blueprint.js';
import type { StackInput } from '../spec/stack-input.js';
import { startSynth, type Synth } from '../synth/synth-client.js';
import type { Tool } from '../terraform/locate.js';
import { runProcess } from '../terraform/process.js';
import { buildTerraformEnv } from '../terraform/terraform-env.js';
import { startStateServer, type StateServer } from './state-server.js';

export const region = 'eu-central-1';

export interface BareProps {
  readonly blueprint: Blueprint;
  /** A migrated database for the sandbox. */
  readonly db: Db;
  /** Short, for sockets live below it. */
  readonly folder: string;
  readonly tool: Tool;
  readonly path: string;
  readonly log: Log;
}

/** Milliseconds of each command. */
export interface BareTimes {
  readonly init: number;
  readonly plan: number;
  readonly apply: number;
}

/** A stack ready for terraform in a folder of its own. */
export interface BareStack {
  /** `init`, `plan -out`, `apply` of that plan; throws with terraform's words when one fails. */
  provision(): Promise<BareTimes>;
  close(): Promise<void>;
}

export interface Bare {
  readonly synth: Synth;
  /** `tuned` = with the setting of the garbage collector that Terrace gives its terraform; else with terraform's own. */
  prepare(options?: { readonly tuned: boolean }): Promise<BareStack>;
  close(): Promise<void>;
}

interface Parts extends BareProps {
  readonly synth: Synth;
  readonly sandbox: Sandbox;
  readonly states: StateServer;
}

export async function startBare(props: BareProps): Promise<Bare> {
  const synth = startSynth({ log: props.log });
  const sandbox = await startSandbox({ db: props.db, socketFolder: join(props.folder, 's'), log: props.log });
  const states = await startStateServer();
  let made = 0;
  return {
    synth,
    prepare: (options = { tuned: false }) => prepare({ ...props, synth, sandbox, states }, ++made, options),
    close: async () => {
      await synth.close();
      await sandbox.close();
      await states.close();
    },
  };
}

/** The input of the blueprint's own example, as the worker would make it from a request. */
export function exampleInput(blueprint: Blueprint, number: number): StackInput {
  return {
    environment_id: `env_b${number}`,
    environment_name: `bare-${number}`,
    tenant_id: 'ten_bare',
    tenant_slug: 'acme',
    tenant_name: 'Acme',
    provider: 'sandbox',
    cloud_account_id: '100000000001',
    region,
    blueprint: blueprint.ref,
    labels: {},
    spec: blueprint.examples[0].spec,
  };
}

async function prepare(parts: Parts, number: number, options: { tuned: boolean }): Promise<BareStack> {
  const input = exampleInput(parts.blueprint, number);
  const workDir = join(parts.folder, `bare-${number}`);
  await mkdir(workDir, { mode: 0o700 });
  await writeFile(join(workDir, 'cdk.tf.json'), (await parts.synth.synth(input)).json);
  const session = await parts.sandbox.open({
    environmentId: input.environment_id,
    runId: `run_b${number}`,
    accountId: input.cloud_account_id,
    region,
  });
  const terraceEnv = await buildTerraformEnv({
    workDir,
    path: parts.path,
    state: parts.states.env(input.environment_id),
    providers: { TF_REATTACH_PROVIDERS: session.reattach },
    variables: secretsOf(parts.blueprint),
  });
  const { GOGC: _, ...untuned } = terraceEnv;
  const at = { workDir, env: options.tuned ? terraceEnv : untuned };
  const run = (...argv: string[]) => terraform(parts.tool, at, argv);
  return {
    provision: async () => ({
      init: await run('init', '-input=false'),
      plan: await run('plan', '-input=false', '-out=plan.bin'),
      apply: await run('apply', '-input=false', 'plan.bin'),
    }),
    close: () => session.close(),
  };
}

function secretsOf(blueprint: Blueprint): Record<string, string> {
  const secrets = blueprint.secrets(blueprint.schema.parse(blueprint.examples[0].spec));
  return Object.fromEntries(secrets.map(({ name, length }) => [name, 'x'.repeat(length)]));
}

async function terraform(
  tool: Tool,
  at: { workDir: string; env: Readonly<Record<string, string>> },
  argv: readonly string[],
): Promise<number> {
  const lines: string[] = [];
  const result = await runProcess({
    bin: tool.bin,
    argv: [...argv, '-no-color'],
    cwd: at.workDir,
    env: at.env,
    timeoutMs: 120_000,
    onLine: (line) => void lines.push(line),
  });
  if (result.exitCode === 0) return result.durationMs;
  throw new Error(`terraform ${argv.join(' ')} ended with ${result.exitCode}:\n${lines.join('\n')}`);
}
