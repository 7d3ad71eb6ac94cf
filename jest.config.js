/** Tests are ESM TypeScript; child processes under test run the build in dist/. */

// What lasts too long for `make test` has a target of its own, which sets the variable; elsewhere it is not even loaded.
const long = { OUTAGES: 'test/outage', MOTO: 'test/moto' };
const left = Object.keys(long).filter((name) => process.env[name] === undefined);

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.terrace/'],
  watchPathIgnorePatterns: ['<rootDir>/.terrace/'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testPathIgnorePatterns: ['/node_modules/', ...left.map((name) => `<rootDir>/${long[name]}/`)],
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  testTimeout: 60_000,
  randomize: true,
  maxWorkers: 2,
};
