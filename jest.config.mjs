/**
 * The tests of `npm test`: they need Node and Temporal's two servers alone. They run compiled, as the worker does;
 * source maps lead back to test/. Tests that are slow or need other programs are named *.slow.test.ts (jest.slow.config.mjs).
 */
export default {
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  testPathIgnorePatterns: ['\\.slow\\.test\\.js$'],
  transform: {},
  testEnvironment: 'node',
  // Half of a test file's time is waiting for servers and processes.
  maxWorkers: 3,
  // Longer than any wait of test/support/async-helpers.ts, whose message names the condition.
  testTimeout: 120_000,
  globalSetup: '<rootDir>/scripts/jest-global-setup.mjs',
  reporters: ['default', '<rootDir>/scripts/jest-summary.mjs'],
  watchman: false,
};
