import { expect, test } from '@jest/globals';
import { unanswered } from '../../src/terraform/unanswered.js';

const entry = (address: string, step: 'errored' | 'finished', action = 'create') => ({
  address,
  resourceType: 'aws_vpc',
  action,
  step,
});
const death = { severity: 'error' as const, summary: 'Plugin did not respond', detail: '' };
const refusal = (address: string) => ({
  severity: 'error' as const,
  summary: 'creating VPC',
  detail: '',
  address,
});

test('what a provider died over may exist; what it refused, made, or was to remove is known', () => {
  const entries = [
    entry('aws_vpc.a', 'errored'),
    entry('aws_vpc.b', 'errored'),
    entry('aws_vpc.c', 'finished'),
    entry('aws_vpc.d', 'errored', 'delete'),
  ];
  expect(unanswered(entries, [refusal('aws_vpc.b')])).toEqual([]);
  expect(unanswered(entries, [death, refusal('aws_vpc.b')])).toEqual([entry('aws_vpc.a', 'errored')]);
  for (const summary of ['Request cancelled', 'Plugin error'])
    expect(unanswered(entries, [{ ...death, summary }])).toHaveLength(2);
});
