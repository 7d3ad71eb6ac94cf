/**
 * `terraform init`, done once and reused. With an empty `backend "http" {}` (its address comes by TF_HTTP_*) the folder
 * `.terraform` is the same for every environment that asks for the same providers, and holds no secret. One copy per
 * (tool version, required providers, way to get providers) lives in HOME/prepared/<key>; work directories link to it.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { copyFile, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { appError } from '../errors/app-error.js';
import { diskFull } from '../errors/disk-full.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { sha256 } from '../lib/hash.js';
import type { Tool } from './locate.js';
import { runProcess, type ProcessResult } from './process.js';
import { isDiskFull, lacksMemory } from './host-faults.js';
import { tooLittleMemory } from './terraform-failure.js';
import { buildTerraformEnv } from './terraform-env.js';
import { firstError } from './diagnostics.js';

export interface PrepareProps {
  readonly tool: Pick<Tool, 'bin' | 'version'>;
  /** TERRACE_HOME. */
  readonly home: string;
  /** The synthesized stack; only `terraform.required_providers` matters. */
  readonly cdkJson: string;
  /** The run's environment: PATH and TF_REATTACH_PROVIDERS are taken, nothing else. */
  readonly env: Readonly<Record<string, string>>;
  readonly providerMirror?: string;
  /** @default 300_000: providers may have to be fetched */
  readonly timeoutMs?: number;
  readonly onLine?: (line: string) => void;
}

export interface Prepared {
  readonly folder: string;
  /** SHA-256 of `.terraform.lock.hcl`; of nothing when no provider is locked (sandbox). */
  readonly lockSha256: string;
}

const lockFile = '.terraform.lock.hcl';
const stackSchema = z.looseObject({
  terraform: z.looseObject({ required_providers: z.record(z.string(), z.unknown()).optional() }).optional(),
});
const underWay = new Map<string, Promise<Prepared>>();

/**
 * The prepared copy for this stack, made by one `terraform init` when there is none. Concurrent callers share it, so no
 * run can cancel it. Throws `plan_failed` or `phase_timeout`.
 */
export function preparedFor(props: PrepareProps): Promise<Prepared> {
  const providers = stackSchema.parse(JSON.parse(props.cdkJson)).terraform?.required_providers ?? {};
  const source = { mirror: props.providerMirror, reattached: reattachedAddresses(props.env) };
  const key = sha256(canonicalJson([props.tool.version, providers, source])).slice(0, 32);
  const folder = join(props.home, 'prepared', key);
  const current = underWay.get(folder);
  if (current !== undefined) return current;
  const made = findOrMake(props, providers, folder).finally(() => underWay.delete(folder));
  underWay.set(folder, made);
  return made;
}

/** The sockets differ from run to run, the providers behind them do not. */
function reattachedAddresses(env: PrepareProps['env']): string[] {
  return Object.keys(
    z.record(z.string(), z.unknown()).parse(JSON.parse(env.TF_REATTACH_PROVIDERS ?? '{}')),
  ).sort();
}

/** Gives a work directory what `terraform init` would have left there. */
export async function linkPrepared(prepared: Prepared, workDir: string): Promise<void> {
  await symlink(join(prepared.folder, '.terraform'), join(workDir, '.terraform'));
  if (await exists(join(prepared.folder, lockFile)))
    await copyFile(join(prepared.folder, lockFile), join(workDir, lockFile));
}

async function findOrMake(props: PrepareProps, providers: unknown, folder: string): Promise<Prepared> {
  if (!(await exists(folder))) await make(props, providers, folder);
  const lock = await readFile(join(folder, lockFile)).catch(() => Buffer.alloc(0));
  return { folder, lockSha256: sha256(lock) };
}

async function make(props: PrepareProps, providers: unknown, folder: string): Promise<void> {
  const temporary = `${folder}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    const stack = { terraform: { backend: { http: {} }, required_providers: providers } };
    await writeFile(join(temporary, 'cdk.tf.json'), JSON.stringify(stack));
    await init(props, temporary);
    await rename(temporary, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** `init` asks the backend for a state once: an empty one answers, since the real one belongs to a run. */
async function init(props: PrepareProps, cwd: string): Promise<void> {
  const backend = createServer((_req, res) => res.writeHead(404).end());
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const errors: string[] = [];
  const { timeoutMs = 300_000 } = props;
  const reattach = props.env.TF_REATTACH_PROVIDERS;
  try {
    const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/`;
    const result = await runProcess({
      bin: props.tool.bin,
      argv: ['init', '-input=false', '-no-color'],
      cwd,
      env: await buildTerraformEnv({
        workDir: cwd,
        path: props.env.PATH,
        state: { TF_HTTP_ADDRESS: url },
        providers: reattach === undefined ? {} : { TF_REATTACH_PROVIDERS: reattach },
        providerMirror: props.providerMirror,
      }),
      timeoutMs,
      onLine: (line, stream) => {
        if (stream === 'stderr') errors.push(line);
        props.onLine?.(line);
      },
    });
    if (result.stoppedBy === 'timeout')
      throw appError('phase_timeout', `terraform init took longer than its limit of ${timeoutMs / 1000} s`);
    if (result.exitCode !== 0) throw initFailed(result, errors.join('\n'));
  } finally {
    backend.closeAllConnections();
    await new Promise((resolve) => backend.close(resolve));
  }
}

function initFailed({ signal }: ProcessResult, stderr: string): Error {
  if (signal !== null) return appError('interrupted', `terraform init was killed (${signal})`);
  if (lacksMemory(stderr)) return tooLittleMemory('init', stderr.slice(-16_384));
  const error = firstError(stderr);
  if (error && isDiskFull(error)) return diskFull('TERRACE_HOME', { detail: stderr.slice(-16_384) });
  const summary = error?.summary ?? 'no reason was given';
  return appError('plan_failed', `terraform could not prepare the providers: ${summary}`, {
    detail: stderr.slice(-16_384),
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
