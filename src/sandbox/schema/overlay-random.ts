import { randomBytes } from 'node:crypto';
import { textAt, type ValueObject } from '../values.js';
import { passwordOverlay } from './overlay-random-password.js';
import type { TypeOverlay } from './overlay-type.js';

function formsOf(bytes: Buffer, prefix: string): ValueObject {
  const url = bytes.toString('base64url');
  return {
    id: url,
    b64_url: `${prefix}${url}`,
    b64_std: `${prefix}${bytes.toString('base64')}`,
    hex: `${prefix}${bytes.toString('hex')}`,
    dec: `${prefix}${BigInt(`0x0${bytes.toString('hex')}`)}`,
  };
}

/** As with the real provider, these live in the state alone: no object of the sandbox stands behind them. */
export const randomOverlays: Readonly<Record<string, TypeOverlay>> = {
  random_password: passwordOverlay,
  random_id: {
    forceNew: ['byte_length', 'keepers', 'prefix'],
    compute: ({ value }) => formsOf(randomBytes(Number(value['byte_length'])), textAt(value, 'prefix') ?? ''),
    faultsOf: ({ byte_length: length }) =>
      typeof length === 'number' && (length < 1 || !Number.isInteger(length))
        ? [`byte_length: Invalid value: ${length}: must be at least 1`]
        : [],
    importState: (importId) => {
      const [encoded = '', prefix] = importId.split(',').reverse();
      const bytes = Buffer.from(encoded, 'base64url');
      if (bytes.length === 0) return undefined;
      return {
        ...formsOf(bytes, prefix ?? ''),
        byte_length: bytes.length,
        prefix: prefix ?? null,
        keepers: null,
      };
    },
  },
};
