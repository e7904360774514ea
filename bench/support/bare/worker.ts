/** A worker for workflows alone, or for the bare workflow and its activity, with the settings of the real one. */
import { WORKER_LIMITS } from '../../../src/worker/worker-options.js';
import { runWorker } from './run-worker.js';

export function nothing(): Promise<void> {
  return Promise.resolve();
}

const [address = '', taskQueue = '', codePath = '', kind = ''] = process.argv.slice(2);
runWorker(address, {
  taskQueue,
  workflowBundle: { codePath },
  activities: kind === 'workflows-alone' ? {} : { nothing },
  ...WORKER_LIMITS,
});
