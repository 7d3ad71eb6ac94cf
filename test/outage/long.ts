import { test } from '@jest/globals';

/** Tests that last: `make outages` alone runs them. */
export const whenLong = process.env['OUTAGES'] === undefined ? test.skip : test;
