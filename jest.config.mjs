/**
 * The tests of `npm test`: all that need Node and Temporal's two servers alone. They run compiled, as the worker runs.
 * Source maps lead back to test/. What is slow or needs other programs is named *.slow.test.ts: jest.slow.config.mjs.
 */
export default {
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  testPathIgnorePatterns: ['\\.slow\\.test\\.js$'],
  transform: {},
  testEnvironment: 'node',
  // A test file waits about half of its time, for servers and processes that it starts.
  maxWorkers: 3,
  // Longer than test/support/async-helpers.ts waits for anything: its message names what it has waited for.
  testTimeout: 120_000,
  globalSetup: '<rootDir>/scripts/jest-global-setup.mjs',
  reporters: ['default', '<rootDir>/scripts/jest-summary.mjs'],
  watchman: false,
};
