/** A worker that postpones every poll by a fixed time, as if it had just polled. */
import { createRetryLater } from '../../../src/activities/failures.js';
import { DEFAULT_TASK_QUEUE, buildPollTaskQueue } from '../../../src/domain/workflow-id.js';
import { runWorker } from './run-worker.js';

const [address = '', delaySeconds = ''] = process.argv.slice(2);
const pollDocuments = (): never => {
  throw createRetryLater('no change since the last poll', Number(delaySeconds) * 1000);
};
runWorker(address, { taskQueue: buildPollTaskQueue(DEFAULT_TASK_QUEUE), activities: { pollDocuments } });
