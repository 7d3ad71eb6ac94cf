/** Why a JSON value may not go into a stack: guards the stack generator and the database against texts they would misread. */
export interface PlainJsonFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const maxDepth = 24;

/** Faults of the texts and numbers of a JSON value, without recursion: markers of the stack generator (CDKTF encodes its references
 *  as `TfToken[...]` and as numbers near -1e289), NUL and broken Unicode (PostgreSQL refuses both), nesting too deep. */
export function plainJsonFaults(root: unknown): PlainJsonFault[] {
  const faults: PlainJsonFault[] = [];
  const open: { value: unknown; path: readonly (string | number)[] }[] = [{ value: root, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    const message = faultOf(value);
    if (message !== undefined) faults.push({ path, message });
    if (value === null || typeof value !== 'object') continue;
    if (path.length >= maxDepth) {
      faults.push({ path, message: `is nested deeper than ${maxDepth} levels` });
      continue;
    }
    if (Array.isArray(value))
      value.forEach((item, index) => open.push({ value: item, path: [...path, index] }));
    else
      for (const [key, item] of Object.entries(value)) {
        const keyFault = faultOf(key);
        if (keyFault !== undefined) faults.push({ path, message: `a field name ${keyFault}` });
        open.push({ value: item, path: [...path, key] });
      }
  }
  return faults;
}

function faultOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Math.abs(value) > 1e100 ? 'is too large a number' : undefined;
  if (typeof value !== 'string') return undefined;
  if (value.includes('\0')) return 'must not contain a NUL character';
  if (/\p{Surrogate}/u.test(value)) return 'must be valid Unicode';
  if (value.includes('TfToken[') || /e\+289/.test(value)) return 'must not contain "TfToken[" or "e+289"';
  return undefined;
}
