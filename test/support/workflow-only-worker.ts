import { resolve } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createDataConverter, parsePayloadKeys } from '../../src/client/index.js';
import type { RealEnvironment } from './real-environment.js';

/** Takes a world's decisions and none of its activities: those are left to whoever a test has take them. */
export async function startWorkflowOnlyWorker(
  { env, taskQueue }: RealEnvironment,
  payloadKeys = '',
): Promise<{ stop(): Promise<void> }> {
  const bundle = payloadKeys === '' ? 'workflow-bundle' : 'workflow-bundle-encrypting';
  const connection = await NativeConnection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath: resolve(`dist/${bundle}.js`) },
    dataConverter: createDataConverter(parsePayloadKeys(payloadKeys)),
  });
  const running = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
