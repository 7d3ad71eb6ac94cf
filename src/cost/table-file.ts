import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appError } from '../errors/app-error.js';
import { zodFaults } from '../errors/zod-faults.js';
import { priceTableSchema, type PriceTable } from './price-table.js';

const ownFile = join(dirname(fileURLToPath(import.meta.url)), 'prices.json');

/** The price table of COST_TABLE, or the one that comes with Terrace. Throws `invalid_settings` that names every fault. */
export async function loadPriceTable(file: string = ownFile): Promise<PriceTable> {
  const wrong = (text: string, cause?: unknown) =>
    appError('invalid_settings', `wrong settings: COST_TABLE: ${text}; docs/cost.md describes the file`, {
      detail: file,
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong('the file is not JSON', error);
    throw wrong('the file cannot be read', error);
  }
  const parsed = priceTableSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = zodFaults(parsed.error).map(({ path, message }) => `${path}: ${message}`);
  throw wrong(faults.join('; '), parsed.error);
}
