import { canImport } from './import-ids.js';
import { collect, failed, runTerraform, type TerraformContext } from './terraform-command.js';

/**
 * Takes an existing object into the state. False: nothing has that id, or it must not be imported. An address that the
 * state already holds counts as imported. Throws `plan_failed`, `phase_timeout` or `run_canceled`.
 */
export async function importResource(
  ctx: TerraformContext,
  { address, id }: { readonly address: string; readonly id: string },
): Promise<boolean> {
  if (!canImport(address)) return false;
  const output = collect(ctx);
  const argv = ['import', '-input=false', '-no-color', address, id];
  const result = await runTerraform(ctx, { argv, onLine: output.onLine });
  if (result.exitCode === 0) return true;
  const end = output.end();
  const answered = result.stoppedBy === null;
  if (answered && nothingThere.test(end.diagnostic?.summary ?? '')) return false;
  if (answered && end.diagnostic?.summary === 'Resource already managed by Terraform') return true;
  throw failed(ctx, { command: 'import', result, ...end });
}

/** Terraform's own words, and those of providers that look while importing (helm: `release: not found`). */
const nothingThere = /^Cannot import non-existent remote object|\bnot found$/i;
