import fast from './jest.config.mjs';

/** The rest of `npm run test:all`: tests that take long, or need Postgres, Python, Chromium or another version of Node. */
export default {
  ...fast,
  testMatch: ['**/*.slow.test.js'],
  testPathIgnorePatterns: [],
  globalSetup: '<rootDir>/scripts/jest-slow-global-setup.mjs',
};
