import { activityInfo } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { createFailure } from '../activities/failures.js';
import { isOnTaskQueue } from '../domain/workflow-id.js';

/** It rejects a start under the id of another task queue for good. */
const CHECKS_ITSELF = 'checkDocuments';

/**
 * Refuses an activity that an operator has moved here from another tenant's task queue by its options: it would act with
 * this tenant's API key. The failure is retryable: once the options are restored, the activity goes on. `taskQueue` is the
 * one of this worker's tenant.
 */
export function createTaskQueueGuard(taskQueue: string): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      execute: async (input, next) => {
        const { activityType, taskQueue: queueOfActivity, workflowExecution } = activityInfo();
        const { workflowId = '' } = workflowExecution ?? {};
        if (activityType === CHECKS_ITSELF || isOnTaskQueue(workflowId, taskQueue)) return next(input);
        throw createFailure(
          'NotSent',
          `${activityType}: this signing belongs to another task queue than ${queueOfActivity}; restore the activity's task queue`,
          { nonRetryable: false },
        );
      },
    },
  });
}
