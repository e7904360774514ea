import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long the server keeps ended workflows. */
const RETENTION = '372 days';

/** Creates the namespace unless it exists; returns `false` while the server does not answer. */
export function ensureNamespace(address: string, namespace: string): Promise<boolean> {
  return succeeds(address, async ({ workflowService }) => {
    await workflowService
      .registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(RETENTION) })
      .catch((error: unknown) => {
        if (!String(error).includes('ALREADY_EXISTS')) throw error;
      });
  });
}

/** Whether all services of the server have the namespace, which takes some seconds after its creation. */
export function isNamespaceReady(address: string, namespace: string): Promise<boolean> {
  return succeeds(address, async ({ workflowService }) => {
    await workflowService.countWorkflowExecutions({ namespace });
    await workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'none' } });
  });
}

async function succeeds(
  address: string,
  request: (connection: Connection) => Promise<void>,
): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 1000 });
    try {
      await request(connection);
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    await sleep(200);
    return false;
  }
}
