/** The sealed parts of a plan: opened here, and nowhere trusted before. */
import { promisify } from 'node:util';
import { gunzipSync, gzip, type ZlibOptions } from 'node:zlib';
import type { Keyring } from '../crypto/envelope.js';
import { appError, AppError } from '../errors/app-error.js';
import { sha256 } from '../lib/hash.js';
import type { StoredPlan } from './plan-store.js';

type Sealed = Pick<StoredPlan, 'planId' | 'planFile' | 'planSha256' | 'cdkJson' | 'synthSha256'>;

/**
 * The plan file, whole and as it was made. Throws `artifact_corrupt` when the bytes or those of the stack were changed or cut
 * off since, or are no longer kept.
 */
export function openPlanFile(keyring: Pick<Keyring, 'decrypt'>, plan: Sealed): Buffer {
  if (plan.planFile === null) throw corrupt(plan, 'plan file', 'it is not kept any more');
  const file = open(keyring, plan, { sealed: plan.planFile, part: 'plan' });
  if (sha256(file) !== plan.planSha256) throw corrupt(plan, 'plan file', 'its SHA-256 is another one');
  if (sha256(plan.cdkJson) !== plan.synthSha256)
    throw corrupt(plan, 'generated stack', 'its SHA-256 is another one');
  return file;
}

/** Terraform's text of the full JSON, as it is kept: pressed to a tenth, then sealed. It is pressed beside the thread that asks. */
export async function sealPlanJson(
  keyring: Pick<Keyring, 'encrypt'>,
  { planId, text }: { readonly planId: string; readonly text: string },
): Promise<Buffer> {
  return keyring.encrypt(await pressed(text, { level: 1 }), `plan_json:${planId}`);
}

const pressed = promisify<string, ZlibOptions, Buffer>(gzip);

/** The full JSON of the plan, values in clear; `{}` when it is not kept any more. Throws `artifact_corrupt`. */
export function openPlanJson(
  keyring: Pick<Keyring, 'decrypt'>,
  plan: Sealed & Pick<StoredPlan, 'planJson'>,
): unknown {
  if (plan.planJson === null) return {};
  const opened = open(keyring, plan, { sealed: plan.planJson, part: 'plan_json' });
  return JSON.parse(gunzipSync(opened).toString('utf8'));
}

const words = { plan: 'plan file', plan_json: 'JSON' } as const;

function open(
  keyring: Pick<Keyring, 'decrypt'>,
  plan: Sealed,
  { sealed, part }: { readonly sealed: Buffer; readonly part: keyof typeof words },
): Buffer {
  try {
    return keyring.decrypt(sealed, `${part}:${plan.planId}`);
  } catch (error) {
    if (error instanceof AppError) throw corrupt(plan, words[part], 'it does not open', error);
    throw error;
  }
}

function corrupt({ planId }: Sealed, what: string, how: string, cause?: unknown): AppError {
  return appError(
    'artifact_corrupt',
    `the stored ${what} of plan ${planId} is not what was planned: ${how}; replan the run, and find out who changed it`,
    { cause },
  );
}
