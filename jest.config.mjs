/** Runs the compiled tests as they are: what is tested is what the worker would run. Source maps lead back to test/. */
export default {
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  transform: {},
  testEnvironment: 'node',
  // Each test file may start servers of its own; more at once only makes all of them slow.
  maxWorkers: 2,
  // Longer than test/support/outcomes.ts waits for anything: that says what it has waited for.
  testTimeout: 120_000,
  globalSetup: '<rootDir>/scripts/jest-global-setup.mjs',
  reporters: ['default', '<rootDir>/scripts/jest-summary.mjs'],
  watchman: false,
};
