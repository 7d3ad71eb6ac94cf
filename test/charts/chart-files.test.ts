/** What can be known of the chart without helm: the files fit one another, and what Terrace gives. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { expectNone, readText } from '../repo/source.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { parseYaml } from '../support/yaml.js';
import { chartFolder } from './helm.js';
import { valuesOfTerrace } from './terrace-values.js';

type Fields = Readonly<Record<string, unknown>>;

const read = (path: string) => readFileSync(join(chartFolder, path), 'utf8');
const filesOf = (folder: string) => readdirSync(join(chartFolder, folder)).sort();
const chart = parseYaml(read('Chart.yaml'))[0] as Fields & { appVersion: string };
const values = parseYaml(read('values.yaml'))[0] as Fields & { image: { tag: string } };
const schema = z.fromJSONSchema(JSON.parse(read('values.schema.json')) as never);
const templates = filesOf('templates').map((name) => ({ name, text: read(`templates/${name}`) }));
const allText = templates.map(({ text }) => text).join('\n');
const { terrace: given } = (JSON.parse(valuesOfTerrace()[0] ?? '{}') as { global: { terrace: Fields } })
  .global;

const isObject = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The paths of all values that are no objects themselves. */
const leavesOf = (value: unknown, path: string): string[] =>
  isObject(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, member]) => leavesOf(member, path === '' ? key : `${path}.${key}`))
    : [path];

describe('Chart.yaml', () => {
  test('names the chart by its folder, with exact versions', () => {
    const exact = expect.stringMatching(/^\d+\.\d+\.\d+$/);
    expect(chart).toMatchObject({
      apiVersion: 'v2',
      type: 'application',
      name: basename(chartFolder),
      version: exact,
      appVersion: exact,
    });
  });

  test('tells the version of the image', () => {
    expect(values.image.tag.split('-')[0]).toBe(chart.appVersion);
  });
});

describe('values', () => {
  test('fit their schema, alone and with what Terrace gives', () => {
    expect(schema.safeParse(values).error?.issues).toBeUndefined();
    for (const text of valuesOfTerrace({ replicaCount: 3 }))
      expect(schema.safeParse({ ...values, ...(JSON.parse(text) as Fields) }).error?.issues).toBeUndefined();
  });

  test.each([
    ['replicas', { replicas: 2 }],
    ['replicaCount', { replicaCount: 0 }],
    ['image.tag', { image: { repository: 'docker.io/library/nginx', tag: 'latest' } }],
    [
      'resources.limits.memory',
      { resources: { requests: { cpu: 1, memory: '1Gi' }, limits: { cpu: 1, memory: '1 GB' } } },
    ],
    ['global.terrace.secret', { global: { terrace: { secret: 'Not A Name' } } }],
  ])('a wrong %s is refused at its place', (path, wrong) => {
    const [issue] = schema.safeParse(wrong).error?.issues ?? [];
    expect(
      [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys : [])].join('.'),
    ).toBe(path);
  });

  test('are all used by a template', () => {
    const unused = leavesOf(values, '').filter((path) => {
      if (path.startsWith('global.terrace.')) return false;
      const parts = path.split('.');
      return !parts.some((_part, index) =>
        allText.includes(`.Values.${parts.slice(0, index + 1).join('.')}`),
      );
    });
    expectNone(unused, 'no template reads it; remove it from values.yaml:');
  });

  test('are declared, if a template uses them', () => {
    const declared = leavesOf(values, '');
    const used = [...allText.matchAll(/\.Values\.([A-Za-z.]+)/g)].map((match) => match[1] ?? '');
    const unknown = used.filter(
      (path) => !declared.some((leaf) => leaf === path || leaf.startsWith(`${path}.`)),
    );
    expectNone(unknown, 'add it to values.yaml and values.schema.json:');
  });

  test('of `global.terrace` are those that Terrace gives', () => {
    const declared = Object.keys((values.global as { terrace: Fields }).terrace).sort();
    expect(Object.keys(given)).toEqual(expect.arrayContaining(declared));
    const used = [...allText.matchAll(/\$terrace\.(\w+)/g)].map((match) => match[1] ?? '');
    expectNone(
      used.filter((key) => !declared.includes(key)),
      'declare it in values.yaml:',
    );
  });
});

describe('docs/charts.md', () => {
  test('tells every value that Terrace gives', () => {
    const page = readText('docs/charts.md');
    expectNone(
      Object.keys(given).filter((key) => !page.includes(`| \`${key}\``)),
      'add a line to the table of `global.terrace` in docs/charts.md:',
    );
  });
});

describe('templates', () => {
  test.each(templates)('$name is balanced', ({ text }) => {
    const actions = [...text.matchAll(/\{\{-?\s*(?!\/\*)([\s\S]*?)\s*-?\}\}/g)].map(
      (match) => match[1] ?? '',
    );
    const count = (pattern: RegExp) => actions.filter((action) => pattern.test(action)).length;
    expect(count(/^end$/)).toBe(count(/^(if|with|range|define|block)\b/));
    expect(text.split('{{').length).toBe(text.split('}}').length);
    for (const action of actions) expect(action.split('(').length).toBe(action.split(')').length);
  });

  test('include what is defined, and define what is included', () => {
    const named = (pattern: RegExp) =>
      [...new Set([...allText.matchAll(pattern)].map((match) => match[1]))].sort();
    expect(named(/include "([^"]+)"/g)).toEqual(named(/define "([^"]+)"/g));
  });

  test('hold no secret and no floating image', () => {
    expect(allText).not.toMatch(/kind: Secret|stringData|:latest/);
  });
});

describe('migrations', () => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await createTestDatabase('empty')));
  afterAll(async () => database.drop());

  test('bear being run again, in the order of their names', async () => {
    const files = filesOf('files/migrations');
    expect(files.every((name) => /^\d{3}_\w+\.sql$/.test(name))).toBe(true);
    for (const pass of ['first', 'second'])
      for (const name of files) {
        await database.db.query(`begin; ${read(`files/migrations/${name}`)}; commit`);
        await database.db.query('insert into visits (path) values ($1)', [pass]);
      }
    const { rows } = await database.db.query<{ path: string }>('select path from visits order by visit_id');
    expect(rows.map(({ path }) => path)).toEqual(['first', 'second']);
  });
});
