import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../../sandbox/bench.js';
import type { StackJson } from '../stack-json.js';

export interface Fault {
  readonly id: string;
  readonly text: string;
}

interface Diagnostic {
  readonly summary: string;
  readonly detail?: string;
  readonly range?: { readonly filename: string };
}

/** `terraform validate` of many stacks by one process: each is a module of its own. The ids name folders. */
export async function validateAll(bench: Bench, stacks: ReadonlyMap<string, StackJson>): Promise<Fault[]> {
  const ids = [...stacks.keys()];
  const module = Object.fromEntries(
    ids.map((id) => [id, { source: `./${id}`, ...variablesOf(stacks.get(id)) }]),
  );
  const workspace = await bench.workspace({}, {});
  for (const [id, stack] of stacks) {
    const { backend: _, ...terraform } = stack.terraform;
    await mkdir(join(workspace.folder, id));
    await writeFile(join(workspace.folder, id, 'main.tf.json'), JSON.stringify({ ...stack, terraform }));
  }
  await workspace.write({ module });
  await workspace.must('init', '-input=false');
  const { stdout } = await workspace.terraform('validate', '-json');
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
  // A module of its own may not configure providers in the root's way; as a root it does.
  const told = diagnostics.filter(({ summary }) => summary !== 'Redundant empty provider block');
  return told.map(({ range, summary, detail = '' }) => ({
    id: range?.filename.split('/')[0] ?? '',
    text: `${summary}: ${detail}`,
  }));
}

function variablesOf(stack: StackJson | undefined): Record<string, string> {
  return Object.fromEntries(Object.keys(stack?.variable ?? {}).map((name) => [name, 'x'.repeat(32)]));
}
