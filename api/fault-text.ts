import type { z } from 'zod';

const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' items', set: ' items' };

/** What to change, for the faults zod finds; a schema's own text comes before this one. */
export function faultText(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type')
    return issue.input === undefined ? 'is required' : `must be ${kinds[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value')
    return issue.input === undefined
      ? 'is required'
      : `must be one of: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}${units[issue.origin] ?? ''}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${units[issue.origin] ?? ''}`;
  return undefined;
}
