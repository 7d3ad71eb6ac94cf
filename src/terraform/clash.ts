/** Creations that were refused because such an object exists. Pure. */
import { parseDiagnostics } from './diagnostics.js';

/** The words of AWS, Kubernetes, Helm, Docker and PostgreSQL; each has its line in test/terraform/clash.test.ts. */
const taken =
  /already[ -]?exists?\b|AlreadyExists|AlreadyOwnedByYou|\.Duplicate\b|cannot re-use a name that is still in use|is already in use/i;

/** Addresses of the resources that could not be created for that reason, in the output of an apply. */
export function takenIn(output: string): string[] {
  const clashes = parseDiagnostics(output).filter(
    ({ severity, summary, detail }) => severity === 'error' && taken.test(`${summary} ${detail}`),
  );
  return [...new Set(clashes.flatMap(({ address }) => address ?? []))];
}
