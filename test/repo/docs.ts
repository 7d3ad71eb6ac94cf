import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { allRoutes } from '../../api/routes/all.js';
import { declaredRoutes, pages, rendered, tables, type Facts } from '../../scripts/docs.mjs';
import { settings } from '../../src/config/settings.js';
import { environmentActions, environmentStatusAfter } from '../../src/environment/environment-state.js';
import { errorCodes } from '../../src/errors/codes.js';
import { eventTypes } from '../../src/event/event-types.js';
import { importRules } from '../../src/terraform/import-ids.js';
import { projectRoot } from '../../src/lib/project-root.js';
import { runActions, runKinds, runTransitions } from '../../src/run/run-state.js';
import * as instanceTable from '../../src/sizing/instance-table.js';
import * as sizingTable from '../../src/sizing/sizing-table.js';
import * as sizing from '../../src/sizing/sizing.js';
import { rightsOfRole, rightTexts } from '../../src/access/rights.js';
import { expectNone, readText, repositoryFiles, sourcesOf } from './source.js';

const facts: Facts = {
  settings,
  errorCodes,
  runActions,
  runKinds,
  runTransitions,
  environmentActions,
  environmentStatusAfter,
  rightsOfRole,
  rightTexts,
  eventTypes,
  importRules,
  sizing: { ...sizingTable, ...sizing, ...instanceTable },
  routes: declaredRoutes(allRoutes),
};
const code = sourcesOf('src', 'api', 'worker').filter(({ path }) => path !== 'src/errors/codes.ts');
const used = (text: string) => code.some((source) => source.text.includes(text));
const sectionOf = (page: string, title: string) =>
  readText(page)
    .split('\n## ')
    .find((part) => part.startsWith(title)) ?? '';
const markdown = repositoryFiles().filter((path) => path.endsWith('.md'));

describe('generated tables', () => {
  test.each(pages)('%s says what the code says', async (page) => {
    const text = readText(page);
    if ((await rendered(text, facts)) !== text)
      throw new Error(`${page} is out of date: run \`npm run build && node scripts/docs.mjs\``);
  });

  test('every table has its place in a page, once', () => {
    const marked = pages.flatMap((page) =>
      [...readText(page).matchAll(/<!-- generated: (\w+) -->/g)].map((match) => match[1]!),
    );
    expect(marked.sort()).toEqual(Object.keys(tables).sort());
  });
});

describe('errors', () => {
  const codes = Object.entries(errorCodes);

  test('every code is documented', () => {
    const page = readText('docs/errors.md');
    const missing = codes.map(([code]) => code).filter((code) => !page.includes(`| \`${code}\` `));
    expectNone(missing, 'run `node scripts/docs.mjs` after a build; docs/errors.md lacks:');
  });

  test('every status fits who has to act', () => {
    const odd = codes.filter(([, { status, blame }]) => {
      if (blame === 'caller') return status < 400 || status > 499;
      if (blame === 'tenant_cloud') return status !== 502;
      return status < 500 && ![409, 423].includes(status);
    });
    expectNone(
      odd.map(([code, { status, blame }]) => `${code}: ${blame}, ${status}`),
      'callers get 4xx, faults of the cloud 502, faults of the platform 5xx or a conflict (409, 423):',
    );
  });

  test('every code can happen, or is told to be reserved', () => {
    const told = sectionOf('docs/errors.md', 'Not given yet');
    const dead = codes.filter(([code]) => !used(`'${code}'`) && !told.includes(`\`${code}\``));
    expectNone(
      dead.map(([code]) => code),
      'nothing throws it: remove it from src/errors/codes.ts, or name it under "Not given yet" in docs/errors.md:',
    );
    const alive = codes.filter(([code]) => used(`'${code}'`) && told.includes(`\`${code}\``));
    expectNone(
      alive.map(([code]) => code),
      'it is thrown now; take it out of "Not given yet" in docs/errors.md:',
    );
  });

  test('every help is a sentence', () => {
    const odd = codes.filter(([, { help }]) => !/^[A-Z`].*\.$/.test(help));
    expectNone(
      odd.map(([code]) => code),
      'write help as whole sentences, what happened and what to do:',
    );
  });
});

describe('settings', () => {
  test('every setting does something, or is told not to', () => {
    const told = sectionOf('README.md', 'Limits');
    const dead = Object.keys(settings).filter((name) => !used(`.${name}`) && !told.includes(`\`${name}\``));
    expectNone(
      dead,
      'nothing reads it: remove it from src/config/settings.ts, or say so under "Limits" in README.md:',
    );
  });
});

describe('pages', () => {
  test.each(markdown)('%s links only to what exists', (page) => {
    const links = [...readText(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      (match) => match[1]!,
    );
    const broken = links.filter(
      (link) => !existsSync(join(projectRoot, posix.join(posix.dirname(page), link))),
    );
    expectNone(broken, 'write the page, or remove the link:');
  });

  test('the README names every setting and every target of make', () => {
    const readme = readText('README.md');
    const targets = [...readText('Makefile').matchAll(/^([a-z]+):.*## /gm)].map(
      (match) => `make ${match[1]!}`,
    );
    const wanted = [...Object.keys(settings), ...targets.filter((target) => target !== 'make help')];
    expectNone(
      wanted.filter((name) => !readme.includes(name)),
      'README.md does not mention:',
    );
  });
});
