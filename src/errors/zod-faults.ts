import type { z } from 'zod';
import type { FieldFault } from './app-error.js';

/** All faults of a failed zod parse, one line each; unknown fields are named one by one. */
export function zodFaults(error: z.ZodError): FieldFault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({
      path: [path, key].filter(Boolean).join('.'),
      message: 'unknown field',
    }));
  });
}
