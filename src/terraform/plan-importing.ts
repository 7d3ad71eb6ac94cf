/**
 * A plan that also takes existing objects into the state, by `import` blocks
 * (https://developer.hashicorp.com/terraform/language/import): one plan for all of them, in place of an import for each.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toAppError, type AppError } from '../errors/app-error.js';
import { parseDiagnostics, type Diagnostic } from './diagnostics.js';
import type { TerraformContext } from './terraform-command.js';
import { planTerraform, type PlanResult } from './terraform.js';

export interface Import {
  readonly address: string;
  readonly id: string;
}

export interface PlanImporting {
  readonly planned: PlanResult;
  /** Those of the imports that do not exist. */
  readonly missing: readonly Import[];
}

const fileName = 'imports.tf.json';

/**
 * Plans with the imports; what turns out not to exist is left out and the plan made again. Where a provider does not say which
 * it is, each is looked at by a plan of its own. No state is changed. Throws what `planTerraform` throws.
 */
export async function planImporting(
  ctx: TerraformContext,
  imports: readonly Import[],
): Promise<PlanImporting> {
  let left = imports;
  const missing: Import[] = [];
  for (;;) {
    await writeImports(ctx, left);
    try {
      return { planned: await planTerraform(ctx), missing };
    } catch (error) {
      const absent = absentIn(toAppError(error), left);
      if (absent === null) throw error;
      if (absent === 'unnamed') {
        const there: Import[] = [];
        for (const one of left) ((await exists(ctx, one)) ? there : missing).push(one);
        left = there;
      } else {
        missing.push(...absent);
        left = left.filter((one) => !absent.includes(one));
      }
    }
  }
}

async function exists(ctx: TerraformContext, one: Import): Promise<boolean> {
  await writeImports(ctx, [one]);
  try {
    await planTerraform(ctx);
    return true;
  } catch (error) {
    if (absentIn(toAppError(error), [one]) === null) throw error;
    return false;
  }
}

/** Makes the blocks of the next plan; none = no file. */
export async function writeImports(ctx: TerraformContext, imports: readonly Import[]): Promise<void> {
  const path = join(ctx.workDir, fileName);
  if (imports.length === 0) return rm(path, { force: true });
  const blocks = imports.map(({ address, id }) => ({ to: address, id: escaped(id) }));
  await writeFile(path, JSON.stringify({ import: blocks }), { mode: 0o600 });
}

/** An id is text, not a template. */
function escaped(id: string): string {
  return id.replaceAll('${', '$${').replaceAll('%{', '%%{');
}

/**
 * Which imports a failed plan found nothing for: null = it failed for something else, `unnamed` = for such a thing, but for
 * which one is not told.
 */
export function absentIn(error: AppError, imports: readonly Import[]): readonly Import[] | 'unnamed' | null {
  const errors = parseDiagnostics(error.detail ?? '').filter(({ severity }) => severity === 'error');
  if (imports.length === 0 || errors.length === 0 || !errors.every(isAbsence)) return null;
  const named = errors.map((diagnostic) => whichOf(diagnostic, imports));
  const found = named.filter((one) => one !== undefined);
  if (found.length === 0) return 'unnamed';
  return [...new Set(found)];
}

/** Terraform's own words, and those of providers that look while importing (helm: `release: not found`). */
const nothingThere = /^Cannot import non-existent remote object|\bnot found$/i;

function isAbsence({ summary }: Diagnostic): boolean {
  return nothingThere.test(summary);
}

/** By the address, which terraform names in two places, else by an id that only one of them has. */
function whichOf(diagnostic: Diagnostic, imports: readonly Import[]): Import | undefined {
  const { summary, detail } = diagnostic;
  const address =
    diagnostic.address ?? /import an existing object to "(.+?)", the provider/.exec(detail)?.[1];
  if (address !== undefined) return imports.find((one) => one.address === address);
  const mentioned = imports.filter(({ id }) => `${summary} ${detail}`.includes(`"${id}"`));
  const typed = mentioned.filter(({ address }) => new RegExp(` ${typeIn(address)}\\b`).test(summary));
  if (typed.length === 1) return typed[0];
  return mentioned.length === 1 ? mentioned[0] : undefined;
}

function typeIn(address: string): string {
  return address.split('.').at(-2) ?? '';
}
