import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

/** What a waiting activity fails with: the server starts it again after the pause, and no history grows. */
export function notYet(message: string, nextRetryDelay: number): ApplicationFailure {
  // Benign: an expected "not yet" belongs neither in an error log nor in an error metric.
  const category = ApplicationFailureCategory.BENIGN;
  return ApplicationFailure.create({ type: 'NotYet', message, nextRetryDelay, category });
}
