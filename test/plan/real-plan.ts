import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RealPlan {
  /** What `terraform show -json` printed. */
  readonly json: unknown;
  /** What `terraform plan` printed. */
  readonly text: string;
}

/** Applies the stacks in order, except the last one: that one is planned. Real terraform, in a folder that is removed. */
export function realPlan(...stacks: readonly object[]): RealPlan {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-plan-'));
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    TF_CLI_CONFIG_FILE: join(folder, 'rc'),
    CHECKPOINT_DISABLE: '1',
  };
  const terraform = (...argv: string[]) =>
    execFileSync('terraform', argv, {
      cwd: folder,
      env: { ...env, TF_IN_AUTOMATION: '1' },
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
  try {
    writeFileSync(env.TF_CLI_CONFIG_FILE, '');
    let text = '';
    stacks.forEach((stack, index) => {
      writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(stack));
      text = terraform('plan', '-no-color', '-input=false', '-out=plan.bin');
      if (index < stacks.length - 1) terraform('apply', '-no-color', '-input=false', 'plan.bin');
    });
    return { text, json: JSON.parse(terraform('show', '-json', 'plan.bin')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
