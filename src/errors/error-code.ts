/** A code of Node, of PostgreSQL or of HTTP that the error carries. */
export function codeOf(error: unknown): string | number | undefined {
  if (error === null || typeof error !== 'object' || !('code' in error)) return undefined;
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : undefined;
}
