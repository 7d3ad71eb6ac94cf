import { expect, test } from '@jest/globals';
import { appError } from '../../src/errors/app-error.js';
import { goesOn, settleFailure } from '../../worker/settle-failure.js';

test('a run that met a database away is handed over as soon as it answers; it neither fails nor turns round', async () => {
  const away = () => appError('database_unavailable', 'PostgreSQL does not answer');
  let asked = 0;
  const moves: unknown[] = [];
  const ctx = {
    signal: new AbortController().signal,
    log: { warn: () => {} },
    move: async (step: unknown) => {
      asked += 1;
      if (asked === 1) throw away();
      moves.push(step);
    },
  };
  await settleFailure({} as never, ctx as never, away());
  expect(moves).toEqual([
    { to: 'interrupted', message: 'PostgreSQL does not answer; the run is carried on' },
  ]);
  expect(goesOn(away())).toBe(true);
  expect(goesOn(appError('cloud_unavailable', 'it is throttled'))).toBe(false);
});
