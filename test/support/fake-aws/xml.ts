export type Xml = string | number | boolean | { readonly [name: string]: Xml | undefined } | readonly Xml[];

/** An answer as XML; members of a list are named `item` or, below `member` keys, as they are given. */
export function xml(name: string, value: Xml, namespace: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${namespace}">${inner(value)}</${name}>`;
}

function inner(value: Xml | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return escape(String(value));
  return Object.entries(value as Record<string, Xml | undefined>)
    .map(([name, member]) => {
      if (member === undefined) return '';
      if (Array.isArray(member))
        return (member as Xml[]).map((one) => `<${name}>${inner(one)}</${name}>`).join('');
      return `<${name}>${inner(member)}</${name}>`;
    })
    .join('');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
