import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTimeSkippingServer } from '../tools/temporal.js';

const SKIP_TIMEOUT_MS = 1_000;

/**
 * Starts a Temporal server whose clock jumps to the next timer while a client waits for a result: thirty days pass in
 * seconds. For one workflow at a time; call `teardown()` at the end. @throws Error with one sentence if the server is missing
 */
export async function createTimeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  const executable = { type: 'existing-path', path: await findTimeSkippingServer() } as const;
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
}

/**
 * Whether the server still skips time after every workflow on it has ended. A workflow that ends during an activity attempt
 * or a workflow task stops the server from skipping time for good.
 */
export async function canSkipTime(env: TestWorkflowEnvironment): Promise<boolean> {
  try {
    // A call that is pending when its connection closes would end the process.
    await env.connection.withDeadline(Date.now() + SKIP_TIMEOUT_MS, () => env.sleep('1 hour'));
    return true;
  } catch {
    return false;
  }
}
