import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTimeSkippingServer } from '../tools/temporal.js';

const SKIP_TIMEOUT_MS = 1_000;

/**
 * A Temporal server of its own whose clock jumps to the next timer whenever a result is waited for: thirty days pass
 * in seconds. One workflow at a time; `teardown()` at the end. Throws one sentence when there is no such server here.
 */
export async function createTimeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  const executable = { type: 'existing-path', path: await findTimeSkippingServer() } as const;
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
}

/**
 * Whether the server still skips time, once every workflow on it has ended: one that ended during an attempt or a task
 * keeps the server from it ever after.
 */
export async function canSkipTime(env: TestWorkflowEnvironment): Promise<boolean> {
  try {
    // What still waits when its connection closes would end the process.
    await env.connection.withDeadline(Date.now() + SKIP_TIMEOUT_MS, () => env.sleep('1 hour'));
    return true;
  } catch {
    return false;
  }
}
