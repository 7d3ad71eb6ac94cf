import { parsePlan, resourcesOf } from './plan-json.js';

/** Address -> arguments as far as the plan knows them, in clear: for import ids, never for a reader. Pure. */
export function plannedValues(json: unknown): Map<string, Readonly<Record<string, unknown>>> {
  const managed = resourcesOf(parsePlan(json).planned_values?.root_module).filter(
    ({ mode }) => mode === 'managed',
  );
  return new Map(managed.map(({ address, values }) => [address, values ?? {}]));
}
