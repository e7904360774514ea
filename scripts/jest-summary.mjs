import { writeFileSync } from 'node:fs';

/**
 * A jest reporter that counts a skipped or todo test as failed, and writes `N passed, N failed` to the file
 * TEST_SUMMARY_FILE.
 */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.numPendingTests + results.numTodoTests;
    // A test file that does not load has no tests to count.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + skipped;
    if (skipped > 0)
      this.error = new Error(`${skipped} tests were skipped or are a todo: each counts as failed.`);
    const file = process.env.TEST_SUMMARY_FILE ?? '';
    if (file !== '') writeFileSync(file, `${results.numPassedTests} passed, ${failed} failed\n`);
  }

  /** Jest fails if a reporter returns an error. */
  getLastError() {
    return this.error;
  }
}
