import { describe, expect, test } from '@jest/globals';
import { expectNone, sourcesOf, type Source } from './source.js';

const sources = sourcesOf('src', 'api', 'worker', 'stacks');

/** Groups of files that import each other, by Tarjan's strongly connected components. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) low.set(node, Math.min(low.get(node)!, visit(next)));
      else if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, index.get(next)!));
    }
    if (low.get(node) === index.get(node)) {
      const group = stack.splice(stack.indexOf(node));
      if (group.length > 1 || graph.get(node)?.includes(node)) found.push(group);
    }
    return low.get(node)!;
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

function graphOf(files: readonly Source[], withTypes: boolean): Map<string, string[]> {
  const targets = ({ imports }: Source) =>
    imports.filter((one) => one.ours && (withTypes || !one.typeOnly)).map((one) => one.target);
  return new Map(files.map((source) => [source.path, targets(source)]));
}

const told = (cycles: readonly string[][]) => cycles.map((cycle) => cycle.sort().join(' <-> '));

describe('import cycles', () => {
  test('the search finds a cycle, and none where there is none', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', []],
    ]);
    expect(told(cyclesOf(graph))).toEqual(['a <-> b <-> c']);
    expect(cyclesOf(new Map([['a', ['b']]]))).toEqual([]);
  });

  test('no file needs itself to be loaded', () => {
    const remedy = 'files import each other; move what both need into a third one below them:';
    expectNone(told(cyclesOf(graphOf(sources, false))), remedy);
  });

  test('types go round in a circle inside one folder at most', () => {
    const across = cyclesOf(graphOf(sources, true)).filter(
      (cycle) => new Set(cycle.map((path) => path.slice(0, path.lastIndexOf('/')))).size > 1,
    );
    expectNone(
      told(across),
      'types of two folders need each other; move the shared type to the lower folder:',
    );
  });
});
