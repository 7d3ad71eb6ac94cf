/** Rules of form that a linter does not see, or that must hold for the repository as a whole. */
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { expectNone, placeOf, readText, repositoryFiles, sourcesOf, walk, type Source } from './source.js';

const code = sourcesOf('src', 'api', 'worker', 'stacks');
const tests = sourcesOf('test');
const all = [...code, ...tests];
const files = repositoryFiles();
const isText = (path: string) => !/\.(png|ico|woff2?|zip|gz)$/.test(path);

/** The places of the nodes of `sources` that `wanted` picks. */
function placesOf(sources: readonly Source[], wanted: (node: ts.Node, source: Source) => boolean): string[] {
  const found: string[] = [];
  for (const source of sources)
    walk(source.tree, (node) => {
      if (wanted(node, source)) found.push(placeOf(source, node));
    });
  return found;
}

describe('size and names', () => {
  test('no file is long', () => {
    const long = all.filter(({ path, lines }) => lines > (path.startsWith('test/') ? 600 : 400));
    expectNone(
      long.map(({ path, lines }) => `${path}: ${lines} lines`),
      'files end at 400 lines, tests at 600; split by idea, not by length:',
    );
  });

  test('the median file is under 150 lines', () => {
    const sizes = code.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(150);
  });

  test('files are named in kebab-case', () => {
    const odd = all.filter(({ path }) => !/^([a-z0-9-]+\/)*[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(path));
    expectNone(
      odd.map(({ path }) => path),
      'name files and folders like run-store.ts:',
    );
  });

  test('no room has a drawer for odds and ends', () => {
    const drawers = code.filter(({ path }) => /(^|\/)(utils?|helpers?|misc|common|index)\.ts$/.test(path));
    const remedy = 'name the file after what it does, and import it by that name:';
    expectNone(
      drawers.map(({ path }) => path).filter((path) => path !== 'api/schemas/common.ts'),
      remedy,
    );
  });
});

describe('types and comments', () => {
  test('nothing is of type any', () => {
    const found = placesOf(code, (node) => node.kind === ts.SyntaxKind.AnyKeyword);
    expectNone(found, 'use `unknown` and parse it with zod at the edge:');
  });

  test('the compiler is not silenced, and nothing is left for later', () => {
    // Put together here so that this file does not find itself.
    const words = new RegExp(
      [
        ['TO', 'DO'],
        ['FIX', 'ME'],
        ['@ts-', 'ignore'],
        ['@ts-', 'nocheck'],
        ['XX', 'X'],
      ]
        .map((parts) => parts.join(''))
        .join('|'),
    );
    const lines = files
      .filter(isText)
      .filter((path) => path !== 'package-lock.json')
      .flatMap((path) =>
        readText(path)
          .split('\n')
          .flatMap((line, at) => (words.test(line) ? [`${path}:${at + 1}`] : [])),
      );
    expectNone(lines, 'do it now, or write it down as an issue:');
  });

  test('nothing writes to the console', () => {
    const found = placesOf(code, (node) => ts.isIdentifier(node) && node.text === 'console');
    expectNone(
      found,
      'use the log of src/log/log.ts, or process.stdout for what a person at a terminal reads:',
    );
  });
});

describe('one place for each thing', () => {
  test('the environment of the process is read in src/config/config.ts alone', () => {
    const found = placesOf(
      code.filter(({ path }) => path !== 'src/config/config.ts'),
      (node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env',
    );
    expectNone(found, 'add a setting to src/config/settings.ts and take it from Config:');
  });

  test('SQL is written in stores', () => {
    const homes =
      /^src\/(\w+\/[\w-]+-store|db\/[\w-]+|queue\/outbox[\w-]*|run\/run-transition|metrics\/ping)\.ts$|^worker\/cancel-listener\.ts$/;
    const sql = /^\s*(select|insert into|update|delete from|with|listen|notify)\s/i;
    const found = placesOf(
      code.filter(({ path }) => !homes.test(path)),
      (node) =>
        (ts.isStringLiteral(node) ||
          ts.isNoSubstitutionTemplateLiteral(node) ||
          ts.isTemplateExpression(node)) &&
        ts.isCallExpression(node.parent) &&
        /\bquery$/.test(node.parent.expression.getText().replace(/<[^>]*>$/, '')) &&
        sql.test(node.getText().slice(1)),
    );
    expectNone(found, 'give the statement a name in a *-store.ts and call that:');
  });

  test('values reach SQL as parameters', () => {
    const allowed = /columns?$|\.escapeIdentifier\(|^(schema|channel|table|order|where)\w*$/i;
    const found = placesOf(code, (node) => {
      if (!ts.isTemplateExpression(node) || !ts.isCallExpression(node.parent)) return false;
      if (!/\bquery$/.test(node.parent.expression.getText())) return false;
      return node.templateSpans.some(({ expression }) => !allowed.test(expression.getText()));
    });
    expectNone(found, 'only names of columns are put into SQL text; pass values as $1, $2:');
  });

  test('the status of a run is changed by the run machine', () => {
    const writes = /update (runs|environments)\s+set((?!\bwhere\b)[^`])*\bstatus = /;
    const found = code.filter(({ path, text }) => path !== 'src/run/run-transition.ts' && writes.test(text));
    expectNone(
      found.map(({ path }) => path),
      'call transition() of src/run/run-transition.ts; it checks the step, the lease and tells the timeline:',
    );
  });
});

describe('what is published', () => {
  test('no file names a folder of somebody’s machine', () => {
    const folder = new RegExp(
      ['/home', '/Users', '/root', '/work'].map((name) => `(?<![\\w/.-])${name}/[a-z]`).join('|'),
    );
    const lines = files.filter(isText).flatMap((path) =>
      readText(path)
        .split('\n')
        .flatMap((line, at) => (folder.test(line) ? [`${path}:${at + 1}: ${line.trim().slice(0, 80)}`] : [])),
    );
    expectNone(lines, 'take the path from a setting, or from src/lib/project-root.ts:');
  });

  test('packages come from the public registry, and no private one is named', () => {
    const hosts = new Set(
      [...readText('package-lock.json').matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map(
        (match) => match[1]!,
      ),
    );
    hosts.delete('registry.npmjs.org');
    expectNone([...hosts], 'make the lock file against the public registry:');
    expect(files.filter((path) => path.endsWith('.npmrc'))).toEqual([]);
  });
});
