/**
 * A worker for workflows alone, or for the bare workflow and its activity, with the settings of the real one. It prints
 * "ready" just before it polls.
 */
import { NativeConnection, Worker } from '@temporalio/worker';
import { WORKER_LIMITS } from '../../../src/worker/worker-options.js';

export function nothing(): Promise<void> {
  return Promise.resolve();
}

async function main(): Promise<void> {
  const [address = '', taskQueue = '', codePath = '', kind = ''] = process.argv.slice(2);
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath },
    activities: kind === 'workflows-alone' ? {} : { nothing },
    ...WORKER_LIMITS,
  });
  process.stdout.write('ready\n');
  await worker.run();
  await connection.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
