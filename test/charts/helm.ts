import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/lib/project-root.js';
import { parseYaml } from '../support/yaml.js';

export const chartFolder = join(projectRoot, 'manifests', 'charts', 'hello');

export interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An object as helm renders it; what is below is read as it is needed. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly [field: string]: unknown;
}

/** Why nothing can be rendered here, or undefined where helm is on the path. GitHub's workflow installs it: there it may not lack. */
export function whyNoHelm(): string | undefined {
  if (helm(['version', '--short']).status === 0) return undefined;
  if (process.env.GITHUB_ACTIONS === 'true') throw new Error('the workflow has to install helm');
  return 'no helm on the path';
}

/** Runs helm with a home of its own, gone afterwards. `values` are files in their order, later ones win. */
export function helm(args: readonly string[], values: readonly unknown[] = []): Answer {
  const home = mkdtempSync(join(tmpdir(), 'terrace-helm-'));
  try {
    mkdirSync(join(home, 'values'));
    const files = values.map((one, index) => {
      const file = join(home, 'values', `${index}.json`);
      writeFileSync(file, typeof one === 'string' ? one : JSON.stringify(one));
      return file;
    });
    return spawnSync('helm', [...args, ...files.flatMap((file) => ['--values', file])], {
      encoding: 'utf8',
      timeout: 30_000,
      env: { PATH: process.env.PATH, HOME: home },
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The objects of the release `app` in the namespace `demo`. Throws with helm's own words when it refuses. */
export function render(...values: readonly unknown[]): Rendered[] {
  const answer = helm(['template', 'app', chartFolder, '--namespace', 'demo'], values);
  if (answer.status !== 0) throw new Error(answer.stderr);
  return parseYaml(answer.stdout) as Rendered[];
}
