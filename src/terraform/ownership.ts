/** Whose an object is that exists already, by the mark that every stack gives its tags and labels. Pure. */

/** `unmarked`: this type of object has no tags or labels, or nobody marked it. */
export type Owner = 'ours' | 'other' | 'unmarked';

export const ownerMark = 'terrace.dev/environment-id';

/** `values` as terraform reads the object: `tags_all`, `tags`, `labels`, or those of Kubernetes metadata. */
export function ownerOf(values: unknown, environmentId: string): Owner {
  const marks = marksOf(values);
  if (marks.length === 0) return 'unmarked';
  return marks.every((mark) => mark === environmentId) ? 'ours' : 'other';
}

function marksOf(value: unknown): string[] {
  if (!isObject(value)) return [];
  const metadata = first(value['metadata']);
  const manifest = isObject(value['object']) ? value['object'] : value['manifest'];
  const places = [
    value['tags_all'],
    value['tags'],
    value['labels'],
    isObject(metadata) ? metadata['labels'] : undefined,
    isObject(manifest) && isObject(manifest['metadata']) ? manifest['metadata']['labels'] : undefined,
  ];
  return places.flatMap(markIn);
}

/** Labels of Docker are a list of `{label, value}`; all others are a map. */
function markIn(labels: unknown): string[] {
  if (Array.isArray(labels))
    return labels.flatMap((one) =>
      isObject(one) && one['label'] === ownerMark && typeof one['value'] === 'string' ? [one['value']] : [],
    );
  const mark = isObject(labels) ? labels[ownerMark] : undefined;
  return typeof mark === 'string' ? [mark] : [];
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
