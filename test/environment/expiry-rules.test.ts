import { describe, expect, test } from '@jest/globals';
import { durationText, expiryAct, type Expiring } from '../../src/environment/expiry-rules.js';

const now = new Date('2026-03-01T12:00:00Z');
const minute = 60_000;
const expiring = (leftMinutes: number, over: Partial<Expiring> = {}): Expiring => ({
  expiresAt: new Date(now.getTime() + leftMinutes * minute),
  ttlHours: 72,
  expiryStep: null,
  deletionProtection: false,
  ...over,
});

describe('what is due', () => {
  test.each([
    ['nothing more than a day before', expiring(1441), { kind: 'nothing' }],
    ['a notice a day before', expiring(1440), { kind: 'notice', step: '24h', silent: false }],
    ['that notice once', expiring(1000, { expiryStep: '24h' }), { kind: 'nothing' }],
    [
      'the next one half a day before',
      expiring(720, { expiryStep: '24h' }),
      { kind: 'notice', step: '12h', silent: false },
    ],
    [
      'the last one half an hour before',
      expiring(30, { expiryStep: '12h' }),
      { kind: 'notice', step: '30min', silent: false },
    ],
    ['after an outage only the newest', expiring(10), { kind: 'notice', step: '30min', silent: false }],
    ['the end', expiring(0, { expiryStep: '30min' }), { kind: 'end' }],
    ['the end, with no notice given before', expiring(-600), { kind: 'end' }],
    ['protection is told', expiring(-1, { deletionProtection: true }), { kind: 'protected' }],
    [
      'protection is told once',
      expiring(-1, { deletionProtection: true, expiryStep: 'protected' }),
      { kind: 'nothing' },
    ],
    ['the end, once protection is off', expiring(-1, { expiryStep: 'protected' }), { kind: 'end' }],
    [
      'no notice that comes with the request itself',
      expiring(1440, { ttlHours: 24 }),
      { kind: 'notice', step: '24h', silent: true },
    ],
    ['nothing without an end', expiring(0, { expiresAt: null }), { kind: 'nothing' }],
  ])('%s', (_, one, act) => {
    expect(expiryAct(one, now)).toEqual(act);
  });

  test.each([
    [72 * 60, '3 days'],
    [11.99 * 60, '11 hours'],
    [119, '119 minutes'],
    [1.5, '1 minute'],
    [-5, '0 minutes'],
  ])('%d minutes are told as %s', (minutes, text) => {
    expect(durationText(minutes * minute)).toBe(text);
  });
});
