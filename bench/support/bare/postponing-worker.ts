/** A worker that postpones every poll by a fixed time, as if it had just polled. It prints "ready" just before it polls. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { createRetryLater } from '../../../src/activities/failures.js';
import { DEFAULT_TASK_QUEUE, buildPollTaskQueue } from '../../../src/domain/workflow-id.js';

async function main(): Promise<void> {
  const [address = '', delaySeconds = ''] = process.argv.slice(2);
  const pollDocuments = (): never => {
    throw createRetryLater('no change since the last poll', Number(delaySeconds) * 1000);
  };
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue: buildPollTaskQueue(DEFAULT_TASK_QUEUE),
    activities: { pollDocuments },
  });
  process.stdout.write('ready\n');
  await worker.run();
  await connection.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
