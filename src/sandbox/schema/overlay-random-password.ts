import { randomBytes, randomInt } from 'node:crypto';
import type { ValueObject } from '../values.js';
import type { TypeOverlay } from './overlay-type.js';

const alphabets = {
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  numeric: '0123456789',
  special: '!@#$%&*()-_=+[]{}<>:?',
} as const;
type CharacterClass = keyof typeof alphabets;
const classes = Object.keys(alphabets) as CharacterClass[];

const least = (value: ValueObject, name: CharacterClass) => Number(value[`min_${name}`] ?? 0);

function alphabetOf(value: ValueObject, name: CharacterClass): string {
  const own = value['override_special'];
  return name === 'special' && typeof own === 'string' && own !== '' ? own : alphabets[name];
}

const pick = (alphabet: string) => alphabet.charAt(randomInt(alphabet.length));

function makePassword(value: ValueObject): string {
  const all = classes.map((name) => (value[name] === false ? '' : alphabetOf(value, name))).join('');
  const letters = classes.flatMap((name) =>
    Array.from({ length: least(value, name) }, () => pick(alphabetOf(value, name))),
  );
  while (letters.length < Number(value['length'])) letters.push(pick(all));
  for (let i = letters.length - 1; i > 0; i -= 1) {
    const j = randomInt(i + 1);
    [letters[i], letters[j]] = [letters[j] ?? '', letters[i] ?? ''];
  }
  return letters.join('');
}

/** In the form of bcrypt, of nothing: whoever hashes the password will not find it. */
const hashForm = () => `$2a$10$${randomBytes(48).toString('base64').replace(/[+=]/g, '.').slice(0, 53)}`;

const settings = {
  lower: true,
  min_lower: 0,
  min_numeric: 0,
  min_special: 0,
  min_upper: 0,
  number: true,
  numeric: true,
  special: true,
  upper: true,
};

/** As with the real provider, a password lives in the state alone, and its import id is the password itself. */
export const passwordOverlay: TypeOverlay = {
  sensitive: ['result', 'bcrypt_hash'],
  forceNew: [...Object.keys(settings), 'keepers', 'length', 'override_special'],
  defaults: settings,
  compute: ({ value }) => ({
    id: 'none',
    result: makePassword(value),
    bcrypt_hash: hashForm(),
  }),
  faultsOf: (value) => {
    const { length } = value;
    if (typeof length !== 'number') return [];
    const needed = classes.reduce((sum, name) => sum + least(value, name), 0);
    if (length < 1) return [`length: Invalid value: ${length}: must be at least 1`];
    if (classes.every((name) => value[name] === false)) return ['no character class is left to choose from'];
    return needed > length ? [`length: Invalid value: ${length}: must be at least ${needed}`] : [];
  },
  importState: (importId) =>
    importId === ''
      ? undefined
      : {
          ...settings,
          id: 'none',
          keepers: null,
          length: importId.length,
          override_special: null,
          result: importId,
          bcrypt_hash: hashForm(),
        },
};
