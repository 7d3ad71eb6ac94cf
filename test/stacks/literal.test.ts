import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inputOf, release } from './inputs.js';
import { stackOf } from './stack-json.js';

const hostile: Record<string, string> = {
  A: '${file("/etc/passwd")}',
  B: '%{ if true }x%{ endif }',
  C: '$${var.database_password}',
  D: '$$${x} %%{y} $% {z} $',
  E: '"quoted" \\ back\nline',
  F: '${var.database_password}',
};

test('texts of a caller reach Terraform as they are, never as expressions', () => {
  const input = inputOf(
    { variables: hostile, releases: [{ ...release, values: { ...hostile, '${key}': '${value}' } }] },
    { tenant_name: '${var.cache_password}' },
  );
  const stack = stackOf(input);
  const values = stack.resource.helm_release?.app?.values as string[];
  const given = {
    config: stack.resource.kubernetes_config_map_v1?.variables?.data as Record<string, string>,
    values: values[1],
    global: values[0],
    annotations: (stack.resource.kubernetes_namespace_v1?.namespace?.metadata as { annotations: unknown })
      .annotations,
  };
  const out = applied({ ...given, config: pick(given.config, Object.keys(hostile)) }) as typeof given;
  expect(out.config).toEqual(hostile);
  expect(JSON.parse(out.values ?? '')).toEqual({ ...hostile, '${key}': '${value}' });
  expect(JSON.parse(out.global ?? '')).toMatchObject({
    global: { terrace: { tenant_name: '${var.cache_password}' } },
  });
  expect(out.annotations).toMatchObject({ 'terrace.dev/tenant': '${var.cache_password}' });
});

/** What real Terraform makes of the value. */
function applied(value: unknown): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-literal-'));
  try {
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ output: { it: { value } } }));
    writeFileSync(join(folder, 'terraformrc'), '');
    const terraform = (...args: string[]) =>
      execFileSync('terraform', args, {
        cwd: folder,
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          TF_CLI_CONFIG_FILE: join(folder, 'terraformrc'),
          CHECKPOINT_DISABLE: '1',
        },
      });
    terraform('init', '-input=false');
    terraform('apply', '-input=false', '-auto-approve');
    return JSON.parse(terraform('output', '-json', 'it'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function pick(from: Record<string, string>, names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
