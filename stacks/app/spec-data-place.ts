import type { FieldFault } from '../../src/errors/app-error.js';
import { instanceFault } from '../../src/sizing/instance-choice.js';
import type { Place } from '../../src/spec/blueprint.js';
import { cacheSizeOf, databaseSizeOf } from './spec-data-facts.js';
import type { AppSpecV1 } from './spec.js';

/** Managed data services whose instances the region does not have. */
export function dataPlaceFaults(
  spec: Pick<AppSpecV1, 'database' | 'cache'>,
  { region }: Place,
): FieldFault[] {
  const { database, cache } = spec;
  const faults = [
    {
      path: `database.${database.instance === undefined ? 'size' : 'instance'}`,
      message:
        database.mode === 'rds' ? instanceFault('rds', databaseSizeOf(spec).instance, region) : undefined,
    },
    {
      path: `cache.${cache.instance === undefined ? 'size' : 'instance'}`,
      message:
        cache.mode === 'elasticache'
          ? instanceFault('elasticache', cacheSizeOf(spec).instance, region)
          : undefined,
    },
  ];
  return faults.flatMap(({ path, message }) => (message === undefined ? [] : [{ path, message }]));
}
