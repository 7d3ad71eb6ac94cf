import { appError } from '../src/errors/app-error.js';
import type { Page, PageRequest } from '../src/lib/page.js';

const keyForms = { id: /^[a-z]{2,4}_[0-9a-z]{26}$/, sequence: /^[0-9]{1,15}$/ } as const;

/** What the last item of a page is known by. */
export type KeyForm = keyof typeof keyForms;

/** Where a list goes on: opaque to callers, and good for that list alone. */
export function encodeCursor(list: string, after: string): string {
  return Buffer.from(JSON.stringify([list, after])).toString('base64url');
}

/** The key in the cursor. Throws `invalid_cursor` for anything that `encodeCursor` did not make for this list. */
export function decodeCursor(list: string, cursor: string, form: KeyForm): string {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && parsed.length === 2 && parsed[0] === list) {
      const after: unknown = parsed[1];
      if (typeof after === 'string' && keyForms[form].test(after)) return after;
    }
  } catch {
    // falls through: garbled like any other
  }
  throw appError('invalid_cursor', 'the cursor was not made by this list: start again without cursor');
}

export interface PagedInput {
  readonly query: { readonly limit: number; readonly cursor?: string | undefined };
  readonly req: { readonly path: string };
}

export function pageRequest({ query, req }: PagedInput, form: KeyForm = 'id'): PageRequest {
  if (query.cursor === undefined) return { limit: query.limit };
  return { limit: query.limit, after: decodeCursor(req.path, query.cursor, form) };
}

/** A page as it is told: each item by `view`, the next cursor opaque. */
export function pageAnswer<T, V>({ req }: PagedInput, page: Page<T>, view: (item: T) => V) {
  const next = page.nextCursor === null ? null : encodeCursor(req.path, page.nextCursor);
  return { body: { items: page.items.map(view), next_cursor: next } };
}
