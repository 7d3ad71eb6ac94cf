/** The value with every text made literal for Terraform: `${` and `%{` of a caller are text, never an expression.
 *  Source: Terraform, "JSON Configuration Syntax", string templates and their escapes `$${` and `%%{`. */
export function literal<T>(value: T): T {
  return escaped(value) as T;
}

function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/([$%])(?=\{)/g, '$1$1');
  if (Array.isArray(value)) return value.map(escaped);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [escaped(key), escaped(member)]));
}
