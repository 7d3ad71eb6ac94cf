import { describe, expect, test } from '@jest/globals';
import { parseApplyLine } from '../../src/terraform/apply-events.js';

const resource = {
  addr: 'module.x["a b"].aws_db_instance.main',
  resource_type: 'aws_db_instance',
  resource_name: 'main',
};
const line = (type: string, hook: unknown, message = 'said') =>
  JSON.stringify({ '@message': message, type, hook });

describe('a line of apply -json', () => {
  test.each([
    ['apply_start', 'create', 'started'],
    ['apply_complete', 'update', 'finished'],
    ['apply_errored', 'delete', 'errored'],
  ])('%s is a journal entry', (type, action, step) => {
    const event = parseApplyLine(line(type, { resource, action, id_key: 'id', id_value: 'db-1' }));
    const { addr: address, resource_type: resourceType } = resource;
    expect(event).toEqual({
      text: 'said',
      entry: { address, resourceType, action, step, idKey: 'id', idValue: 'db-1' },
    });
  });

  test.each([
    ['a data source', line('apply_start', { resource, action: 'read' })],
    ['progress', line('apply_progress', { resource, action: 'create', elapsed_seconds: 10 })],
    ['a refresh', line('refresh_complete', { resource, id_key: 'id', id_value: 'x' })],
    ['a provisioner', line('provision_start', { resource, provisioner: 'local-exec' })],
    ['the summary', line('change_summary', undefined)],
    ['an unknown type', line('something_new', { strange: true })],
  ])('%s is text alone', (_name, given) => {
    expect(parseApplyLine(given)).toEqual({ text: 'said' });
  });

  test('outputs are not repeated in the text', () => {
    const given = JSON.stringify({
      '@message': 'Outputs: 1',
      type: 'outputs',
      outputs: { o: { value: 'v' } },
    });
    expect(parseApplyLine(given)).toEqual({ text: 'Outputs: 1' });
  });

  test('a diagnostic is handed over, and its text has the place and the explanation', () => {
    const diagnostic = {
      severity: 'error',
      summary: 'creating DB: AccessDenied',
      detail: 'ask',
      address: 'a.b',
      snippet: {},
    };
    const event = parseApplyLine(
      JSON.stringify({ '@message': 'Error: creating DB', type: 'diagnostic', diagnostic }),
    );
    expect(event).toEqual({
      text: 'Error: creating DB\n  with a.b,\nask',
      diagnostic: { severity: 'error', summary: 'creating DB: AccessDenied', detail: 'ask', address: 'a.b' },
    });
  });

  test.each(['', 'plain words', '{"half": ', '[]', 'null', '{"type":"apply_start"}'])(
    '%j is passed on as it is',
    (text) => {
      expect(parseApplyLine(text)).toEqual({ text });
    },
  );
});
