import { inputOf, release } from '../stacks/inputs.js';
import { stackOf } from '../stacks/stack-json.js';

/** The values that Terrace's own stack hands to helm for a release with `values`, in their order. Helm gets them as they stand, so none
 *  may hold anything that Terraform would still fill in. */
export function valuesOfTerrace(values: Readonly<Record<string, unknown>> = {}): string[] {
  const spec = { releases: [{ ...release, chart: 'hello', values }], ingress: { host: 'shop.example.com' } };
  const app = stackOf(inputOf(spec)).resource.helm_release?.app as { values: string[] } | undefined;
  if (app === undefined) throw new Error('the stack has no release');
  for (const text of app.values)
    if (text.includes('${')) throw new Error(`terraform would still fill in: ${text}`);
  return app.values;
}
