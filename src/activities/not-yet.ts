import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

/** What a waiting activity fails with: the server starts it again after the pause, and no history grows. */
export function notYet(message: string, nextRetryDelay: number): ApplicationFailure {
  // Benign: an expected "not yet" belongs neither in an error log nor in an error metric.
  const category = ApplicationFailureCategory.BENIGN;
  const failure = ApplicationFailure.create({ type: 'NotYet', message, nextRetryDelay, category });
  // No fault has a place here that a stack would show, and to write one out was an eighth of the garbage of a look.
  failure.stack = '';
  return failure;
}
