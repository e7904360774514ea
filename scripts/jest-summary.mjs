import { writeFileSync } from 'node:fs';

/**
 * A jest reporter that counts what is skipped or left as a todo as failed, and leaves `N passed, N failed` in the file
 * that TEST_SUMMARY_FILE names.
 */
export default class Summary {
  onRunComplete(_contexts, results) {
    const left = results.numPendingTests + results.numTodoTests;
    // A test file that does not even load has no tests to count.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + left;
    if (left > 0)
      this.error = new Error(`${left} tests were skipped or left as a todo: each counts as failed.`);
    const file = process.env.TEST_SUMMARY_FILE ?? '';
    if (file !== '') writeFileSync(file, `${results.numPassedTests} passed, ${failed} failed\n`);
  }

  /** What jest asks each reporter for: an error makes it end with a failure. */
  getLastError() {
    return this.error;
  }
}
