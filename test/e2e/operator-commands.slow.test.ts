import { waitUntil } from '../support/async-helpers.js';
import { findPending } from '../support/operator-actions.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import { type Signing, sendCheckNow } from '../support/signing.js';
import { createTemporalCommand } from '../support/temporal-command.js';

const createEnvironment = useRealEnvironments({ dynamicConfig: { 'frontend.WorkflowPauseEnabled': true } });

async function startWaitingSigning(environment: RealEnvironment): Promise<Signing> {
  await environment.startWorker();
  const signing = await environment.start();
  await signing.untilState('awaiting-handover');
  return signing;
}

/** The poll that a waiting signing always has. */
async function findPoll({ handle }: Signing) {
  let poll: Awaited<ReturnType<typeof findPending>>;
  await waitUntil('a poll is pending', async () => {
    poll = await findPending(handle, 'pollDocuments');
    return poll !== undefined;
  });
  return poll;
}

/** The actions of docs/operations.md, "What an operator may click", on a signing that waits. */
it('The commands of the Temporal CLI leave a waiting signing to be completed', async () => {
  const environment = await createEnvironment();
  const signing = await startWaitingSigning(environment);
  const temporal = await createTemporalCommand(environment);
  const on = ['--workflow-id', signing.handle.workflowId];
  const actOnPoll = async (command: string, ...flags: readonly string[]): Promise<unknown> => {
    const activityId = (await findPoll(signing))?.activityId ?? '';
    return temporal('activity', command, ...on, '--activity-id', activityId, ...flags);
  };
  const start = [...on, '--type', 'signingSession', '--task-queue', environment.taskQueue, '--input', '{}'];

  await actOnPoll('pause');
  expect((await findPoll(signing))?.paused).toBe(true);
  await actOnPoll('reset', '--keep-paused', '--clear-heartbeat-details');
  await actOnPoll('unpause');
  expect((await findPoll(signing))?.paused).toBe(false);
  await actOnPoll('reset');
  await actOnPoll('update-options', '--retry-maximum-attempts', '1000');
  await actOnPoll('update-options', '--restore-original-options');
  await temporal('workflow', 'pause', ...on);
  await temporal('workflow', 'unpause', ...on);
  await temporal('workflow', 'signal', ...on, '--name', 'unknown');
  await temporal('workflow', 'signal-with-start', ...start, '--signal-name', 'checkNow');
  await temporal('workflow', 'start', ...start, '--id-conflict-policy', 'UseExisting');

  await signing.signAll();
  expect((await signing.result()).state).toBe('completed');
  expect(environment.fake.sessions()).toHaveLength(1);
});

it.each([
  ['signal-with-start', ['--signal-name', 'checkNow']],
  ['start', []],
])('%s under the id of an ended signing does not send it again', async (command, flags) => {
  const environment = await createEnvironment();
  const signing = await startWaitingSigning(environment);
  const temporal = await createTemporalCommand(environment);
  const { workflowId } = signing.handle;
  await temporal('workflow', 'terminate', '--workflow-id', workflowId);
  const input = JSON.stringify((await readInput(signing)) ?? {});
  const start = ['--type', 'signingSession', '--task-queue', environment.taskQueue, '--input', input];
  await temporal('workflow', command, '--workflow-id', workflowId, ...start, ...flags);

  const again = environment.client.workflow.getHandle(workflowId);
  await waitUntil('the second run has failed', async () => (await again.describe()).status.name === 'FAILED');
  expect(environment.fake.sessions()).toHaveLength(1);
});

/** The input of the first run. */
async function readInput({ handle }: Signing): Promise<unknown> {
  const { events } = await handle.fetchHistory();
  const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return JSON.parse(Buffer.from(payload?.data ?? []).toString()) as unknown;
}

it('A poll that an operator moves to the task queue of another tenant asks nothing there, and goes on once restored', async () => {
  const environment = await createEnvironment();
  const other = await createEnvironment();
  await other.startWorker();
  const signing = await startWaitingSigning(environment);
  const temporal = await createTemporalCommand(environment);
  const activityId = (await findPoll(signing))?.activityId ?? '';
  const on = ['--workflow-id', signing.handle.workflowId, '--activity-id', activityId];

  await temporal('activity', 'update-options', ...on, '--task-queue', other.taskQueue);
  await waitUntil('the other worker has refused it', async () => {
    const { lastFailure } = (await findPoll(signing)) ?? {};
    return lastFailure?.message?.includes('belongs to another task queue') === true;
  });
  expect(other.fake.ledger.entries()).toEqual([]);
  await temporal('activity', 'update-options', ...on, '--restore-original-options');
  await temporal('activity', 'reset', ...on);
  const polls = () => environment.fake.ledger.entries().filter(({ call }) => call === 'list').length;
  const before = polls();
  await waitUntil('the signing polls again', () => polls() > before);
  await sendCheckNow(signing.handle);
});
