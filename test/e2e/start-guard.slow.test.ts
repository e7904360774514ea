import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { captureRejection, waitUntil } from '../support/async-helpers.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import { createRequest, workflowIdOf } from '../support/signing.js';

const createEnvironment = useRealEnvironments();

/** The message of the innermost cause of a workflow's failure. */
async function readFailureMessage(handle: WorkflowHandle): Promise<string> {
  let error = await captureRejection(handle.result());
  while (error instanceof Error && error.cause instanceof Error) error = error.cause;
  return error instanceof Error ? error.message : '';
}

const HUMAN_TRIGGER_MESSAGE = 'A signing must be triggered by a human';

describe('A start is refused, and nothing is sent,', () => {
  it('from a Schedule', async () => {
    const { client, fake, taskQueue, startWorker } = await createEnvironment();
    await startWorker();
    const requestId = `test-${randomUUID()}`;
    const schedule = await client.schedule.create({
      scheduleId: randomUUID(),
      spec: {},
      action: {
        type: 'startWorkflow',
        workflowType: 'signingSession',
        workflowId: workflowIdOf(requestId, taskQueue),
        taskQueue,
        args: [createRequest(requestId)],
      },
    });
    await schedule.trigger();
    let started: string | undefined;
    await waitUntil('the schedule has started it', async () => {
      const { info } = await schedule.describe();
      started = info.recentActions[0]?.action.workflow.workflowId;
      return started !== undefined;
    });
    await schedule.delete();

    expect(await readFailureMessage(client.workflow.getHandle(started ?? ''))).toContain(
      HUMAN_TRIGGER_MESSAGE,
    );
    expect(fake.ledger.entries()).toHaveLength(0);
  });

  it('from another workflow', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    const requestId = `test-${randomUUID()}`;
    const message = await withParentWorker(environment, (taskQueue) => {
      const args = [
        environment.taskQueue,
        workflowIdOf(requestId, environment.taskQueue),
        createRequest(requestId),
      ];
      return environment.client.workflow
        .start('parent', { taskQueue, workflowId: randomUUID(), args })
        .then(readFailureMessage);
    });
    expect(message).toContain(HUMAN_TRIGGER_MESSAGE);
    expect(environment.fake.ledger.entries()).toHaveLength(0);
  });

  it('from a cron', async () => {
    const { fake, client, start, startWorker } = await createEnvironment();
    await startWorker();
    const { handle } = await start({}, { cronSchedule: '@every 1s' });
    const { runId } = await handle.describe();
    const run = client.workflow.getHandle(handle.workflowId, runId, { followRuns: false });
    await captureRejection(run.result());
    // The server goes on with the next tick; the last event of the run has its failure.
    const { events } = await run.fetchHistory();
    const refusal = events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
    expect(refusal?.message).toContain(HUMAN_TRIGGER_MESSAGE);
    expect(fake.ledger.entries()).toHaveLength(0);
  });

  it('under another workflow id', async () => {
    const { fake, start, startWorker, taskQueue } = await createEnvironment();
    await startWorker();
    const { handle } = await start({}, { workflowId: `my-own-${randomUUID()}` });
    expect(await readFailureMessage(handle)).toContain(
      `must be started under the workflow id signing/${taskQueue}/test-`,
    );
    expect(fake.ledger.entries()).toHaveLength(0);
  });

  it('while the same signing is going on', async () => {
    const { fake, start, startWorker } = await createEnvironment();
    await startWorker();
    const first = await start();
    await first.untilState('awaiting-handover');
    const again = start({}, { workflowId: first.handle.workflowId });
    expect(await captureRejection(again)).toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
    expect(fake.sessions()).toHaveLength(1);
  });

  it('under the id of a signing that has ended, by a client whose policy allows it', async () => {
    const { fake, start, startWorker } = await createEnvironment();
    await startWorker();
    const first = await start();
    await first.untilState('awaiting-handover');
    await first.handle.cancel();
    await first.result();
    const { requestId } = first;
    const again = await start(
      { requestId },
      { workflowId: first.handle.workflowId, workflowIdReusePolicy: 'ALLOW_DUPLICATE' },
    );
    expect(await readFailureMessage(again.handle)).toContain(
      'was started before, and a signing is never sent twice',
    );
    expect(fake.sessions()).toHaveLength(1);
  });
});

/** Runs `work` while a foreign worker serves a workflow that starts signings. */
async function withParentWorker<Result>(
  { client, env }: RealEnvironment,
  work: (taskQueue: string) => Promise<Result>,
): Promise<Result> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
  const taskQueue = `parents-${randomUUID()}`;
  const { namespace } = client.options;
  const workflowsPath = resolve('dist/test/support/workflows/parent.js');
  const worker = await Worker.create({ connection, namespace, taskQueue, workflowsPath });
  try {
    return await worker.runUntil(work(taskQueue));
  } finally {
    await connection.close();
  }
}
