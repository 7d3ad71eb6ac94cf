import type { z } from 'zod';
import { appError, type FieldFault } from '../src/errors/app-error.js';
import { zodFaults } from '../src/errors/zod-faults.js';
import { faultText } from './fault-text.js';
import type { Route } from './route.js';

const deepest = 64;

/** A request's path, query and body by the schemas of its route; `invalid_request` names every fault of all three at once. */
export function parseRequest(route: Route, raw: { params: unknown; query: unknown; body: unknown }) {
  const faults: FieldFault[] = [];
  const take = (schema: z.ZodType, value: unknown): unknown => {
    const bad = textFaults(value, []);
    const parsed = schema.safeParse(value, { error: faultText });
    const found = [...bad, ...(parsed.success ? [] : zodFaults(parsed.error))];
    faults.push(...found);
    return parsed.data;
  };
  const result = {
    params: take(route.params, raw.params),
    query: take(route.query, raw.query),
    body: take(route.body, raw.body),
  };
  if (faults.length > 0) throw appError('invalid_request', summary(faults), { errors: faults });
  return result;
}

function summary(faults: readonly FieldFault[]): string {
  const [first] = faults;
  const name = first?.path === '' ? 'the body' : first?.path;
  if (faults.length === 1) return `${name}: ${first?.message}`;
  return `${faults.length} fields are wrong: ${[...new Set(faults.map(({ path }) => path || 'the body'))].join(', ')}`;
}

/** Texts that PostgreSQL cannot keep, keys that mean something to JavaScript, and nesting without end. */
function textFaults(value: unknown, path: readonly string[]): FieldFault[] {
  const at = path.join('.');
  if (typeof value === 'string')
    return unstorable(value) ? [{ path: at, message: 'holds a character that cannot be stored' }] : [];
  if (value === null || typeof value !== 'object') return [];
  if (path.length >= deepest)
    return [{ path: path.slice(0, 3).join('.'), message: `is nested deeper than ${deepest} levels` }];
  return Object.entries(value).flatMap(([key, member]) => {
    if (key === '__proto__' || unstorable(key))
      return [{ path: at, message: 'holds a field name that is not allowed' }];
    return textFaults(member, [...path, key]);
  });
}

function unstorable(text: string): boolean {
  return text.includes('\0') || /\p{Surrogate}/u.test(text);
}
