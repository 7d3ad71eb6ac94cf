import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { pricesOf } from '../../src/cost/price-table.js';
import { loadPriceTable } from '../../src/cost/table-file.js';
import { instances } from '../../src/sizing/instance-table.js';

const folder = mkdtempSync(join(tmpdir(), 'prices-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(text: string): string {
  const file = join(folder, 'prices.json');
  writeFileSync(file, text);
  return file;
}

const remedy = '; docs/cost.md describes the file';

test('another file takes the place of the built-in prices', async () => {
  const table = await loadPriceTable();
  const own = { ...table, as_of: '2026-01-31', currency: 'EUR' };
  expect(await loadPriceTable(fileOf(JSON.stringify(own)))).toEqual(own);
});

test.each([
  ['not JSON', '{', 'the file is not JSON'],
  ['another shape', '{"as_of":"yesterday"}', 'as_of: '],
])('a file that is %s is refused with what is wrong', async (_, text, told) => {
  await expect(loadPriceTable(fileOf(text))).rejects.toMatchObject({ code: 'invalid_settings' });
  await expect(loadPriceTable(fileOf(text))).rejects.toThrow(`wrong settings: COST_TABLE: ${told}`);
});

test('a price that is missing, and a region to fall back on that is not listed, are named', async () => {
  const { regional, ...table } = await loadPriceTable();
  const { nat_hour: _, ...others } = regional;
  await expect(loadPriceTable(fileOf(JSON.stringify({ ...table, regional: others })))).rejects.toThrow(
    'regional.nat_hour',
  );
  const astray = { ...table, regional, fallback_region: 'xx-nowhere-1' };
  await expect(loadPriceTable(fileOf(JSON.stringify(astray)))).rejects.toThrow(
    `wrong settings: COST_TABLE: regions: base_region and fallback_region must be among regions${remedy}`,
  );
});

test('a file that is not there is told so', async () => {
  await expect(loadPriceTable(join(folder, 'none.json'))).rejects.toThrow(
    `wrong settings: COST_TABLE: the file cannot be read${remedy}`,
  );
});

test('every instance that sizing chooses from has a price', async () => {
  const prices = pricesOf(await loadPriceTable(), 'eu-central-1');
  const all = [...instances.rds.map(({ name }) => ['rds', name] as const)];
  const more = instances.elasticache.map(({ name }) => ['elasticache', name] as const);
  const without = [...all, ...more].filter(
    ([service, name]) => prices.instanceMonth(service, name) === undefined,
  );
  expect(without).toEqual([]);
});
