import { temporal } from '@temporalio/proto';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { PollRequest } from '../../src/activities/poll-documents.js';
import type { CheckedDocument } from '../../src/domain/request.js';
import { DEFAULT_TASK_QUEUE, buildPollTaskQueue } from '../../src/domain/workflow-id.js';
import { BARE_QUEUE, startPostponingWorker } from './bare/start.js';
import type { BenchEnvironment } from './environment.js';
import { runOneToSignature } from './signings.js';

const CONCURRENCY = 50;
/** So many polls a second leave the server time for the starts. */
const POSTPONED_PER_SECOND = 25;
const POLL_MS = 500;

/**
 * Starts workflows that wait for a signature, and stops the workers until all their polls are due. They wait by the
 * activity, the options and the retries of a signing, but have no earlier steps: these would take a quarter of an hour for
 * thousands of them.
 */
export async function startPollBacklog(
  environment: BenchEnvironment,
  document: CheckedDocument,
  count: number,
): Promise<void> {
  const { client, workers, address } = environment;
  const request = await createPollRequest(environment, document);
  await workers.stop();
  const postponing = await startPostponingWorker(address, Math.ceil(count / POSTPONED_PER_SECOND));
  const limit = pLimit(CONCURRENCY);
  const startOne = () =>
    client.workflow.start('waitForSignature', {
      taskQueue: BARE_QUEUE,
      workflowId: `waiting-${randomUUID()}`,
      args: [request],
    });
  await Promise.all(Array.from({ length: count }, () => limit(startOne)));
  await postponing.stop();
  while ((await countDuePolls(environment)) < count) await sleep(POLL_MS);
  await workers.start();
}

/** How many polls wait for a worker. */
export async function countDuePolls({ client }: BenchEnvironment): Promise<number> {
  const { stats } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: buildPollTaskQueue(DEFAULT_TASK_QUEUE) },
    taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    reportStats: true,
  });
  return Number(stats?.approximateBacklogCount ?? 0);
}

/** The polls of a signing that awaits its signature. */
async function createPollRequest(
  environment: BenchEnvironment,
  document: CheckedDocument,
): Promise<PollRequest> {
  const requestId = await runOneToSignature(environment, [document]);
  const { employeeId, sessionId, documents } = await environment.signings.status(requestId);
  return {
    employeeId,
    sessionId: sessionId ?? NaN,
    participants: [],
    knownDocuments: documents,
    listWorks: true,
    toleratesFailures: false,
  };
}
