/**
 * What was played, a line each, in `.terrace/chaos/<hash of the built product>.jsonl`: a long play may be ended at any moment and goes on
 * where it was. Another build of the product begins a file of its own.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../../src/lib/project-root.js';

const line = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('play'),
    boundary: z.string(),
    fault: z.string(),
    seed: z.number(),
    /** What had struck the same environment before, as `boundary x fault, seed n`. */
    after: z.array(z.string()).default([]),
    ended: z.string().nullable(),
    recoveryMs: z.number(),
    violations: z.array(z.string()),
  }),
  /** A fleet that has ended: what its undisturbed create took, and what was wrong with the whole of it. */
  z.object({ kind: z.literal('fleet'), createMs: z.number(), violations: z.array(z.string()) }),
]);
export type ResultLine = z.output<typeof line>;
export type PlayLine = Extract<ResultLine, { kind: 'play' }>;

export interface Results {
  readonly path: string;
  /** All lines, those of former plays first. */
  all(): readonly ResultLine[];
  add(one: ResultLine): void;
}

/** The results of this build. `kept` false: nothing is read or written. */
export function openResults(kept: boolean): Results {
  const path = join(projectRoot, '.terrace/chaos', `${hashOfProduct()}.jsonl`);
  const lines = kept && existsSync(path) ? readFileSync(path, 'utf8').split('\n').flatMap(parsed) : [];
  if (kept) mkdirSync(dirname(path), { recursive: true });
  return {
    path,
    all: () => lines,
    add: (one) => {
      lines.push(one);
      if (kept) appendFileSync(path, `${JSON.stringify(one)}\n`);
    },
  };
}

/** A last line that was cut off by the end of the process is left out. */
function parsed(text: string): ResultLine[] {
  try {
    return [line.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}

function hashOfProduct(): string {
  const hash = createHash('sha256');
  for (const folder of ['src', 'api', 'worker', 'stacks']) {
    const base = join(projectRoot, 'dist', folder);
    const files = readdirSync(base, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\.(js|sql)$/.test(path),
    );
    for (const path of files.sort()) hash.update(path).update(readFileSync(join(base, path)));
  }
  return hash.digest('hex').slice(0, 12);
}
