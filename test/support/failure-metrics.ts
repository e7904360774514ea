import { ApplicationFailure } from '@temporalio/common';
import { once } from 'node:events';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { findFreePort } from '../../scripts/processes/ports.js';
import { hashGatewayKey } from '../../scripts/processes/program.js';
import type { CallbackData } from '../../src/domain/callbacks.js';
import { createQueue } from '../../src/domain/callbacks.js';
import { buildCallbacksWorkflowId } from '../../src/domain/workflow-id.js';
import { waitUntil } from './async-helpers.js';
import { type Sample, scrape, sumSamples } from './exposition.js';
import { startGatewayProcess } from './program-process.js';
import type { RealEnvironment } from './real-environment.js';
import { workflowIdOf } from './signing.js';

/** The metrics of a gateway that has refused a caller and has not reached Temporal. */
export async function collectGatewayFailureMetrics({ env }: RealEnvironment): Promise<Sample[]> {
  const address = `127.0.0.1:${await findFreePort()}`;
  const gateway = await startGatewayProcess({
    ...env,
    SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', 'key'),
    SIGNING_METRICS_ADDRESS: address,
    TEMPORAL_ADDRESS: `127.0.0.1:${await findFreePort()}`,
  });
  for (const path of ['/signings', '/readyz']) await fetch(`${gateway.url}${path}`);
  const samples = await scrape(address);
  gateway.kill('SIGKILL');
  await gateway.exited;
  return samples;
}

/**
 * The metrics of a worker that has met failures in a signing, a signing that was terminated during a call, and an unknown
 * workflow.
 */
export async function collectWorkerFailureMetrics(environment: RealEnvironment): Promise<Sample[]> {
  const { client, fake, start, startWorker, taskQueue } = environment;
  const address = `127.0.0.1:${await findFreePort()}`;
  const counts = (name: string) => async (): Promise<boolean> => sumSamples(await scrape(address), name) > 0;
  const crm = await startUnresponsiveCrm();
  await startWorker({
    SIGNING_METRICS_ADDRESS: address,
    SIGNING_CALLBACK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    SIGNING_CALLBACK_HOSTS: crm.host,
  });
  await runSigningThroughFailures(environment);

  fake.faults.add({ call: 'initiate', delaySeconds: 1 });
  const lost = await start();
  await waitUntil('its call is in flight', () => fake.ledger.entries().at(-1)?.call === 'initiate');
  await lost.handle.terminate();
  await waitUntil('Temporal refused its result', counts('temporal_request_failure_total'));

  const workflowId = `unknown-${taskQueue}`;
  const unknown = await client.workflow.start('unknown', { taskQueue, workflowId });
  await waitUntil('its task failed', counts('temporal_workflow_task_execution_failed_total'));
  await unknown.terminate();

  await giveUpCallback(environment, crm);
  await waitUntil('a callback was given up', counts('signing_callbacks_given_up_total'));
  crm.server.close();
  return scrape(address);
}

/** A CRM that accepts connections and never answers. */
async function startUnresponsiveCrm() {
  const server = createServer((socket) => socket.on('error', () => undefined).unref());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Gives up a delivery, as an operator does by `temporal activity fail`; the worker would retry for days. */
async function giveUpCallback(
  { client, taskQueue }: RealEnvironment,
  { server, host }: { server: Server; host: string },
) {
  const requestId = 'given-up';
  const workflowId = workflowIdOf(requestId, taskQueue);
  const callbacksId = buildCallbacksWorkflowId(workflowId);
  const data: CallbackData = {
    requestId,
    crmRecord: null,
    sessionId: 13,
    state: 'completed',
    deadline: '2027-01-01T00:00:00.000Z',
  };
  const change = { at: new Date().toISOString(), events: [{ type: 'signing.completed' }], data } as const;
  const connected = once(server, 'connection');
  const callbacks = await client.workflow.start('signingCallbacks', {
    taskQueue,
    workflowId: callbacksId,
    args: [{ url: `http://${host}/`, workflowId, session: requestId }, createQueue(change)],
  });
  await connected;
  const failure = ApplicationFailure.nonRetryable('the CRM is unreachable');
  await client.activity.fail({ workflowId: callbacksId, activityId: '1:signing.completed' }, failure);
  await callbacks.result();
}

async function runSigningThroughFailures({ fake, start }: RealEnvironment): Promise<void> {
  fake.faults.add({ call: 'upload-url', status: 500 });
  fake.faults.add({ call: 'upload', status: 403, document: 'contract.pdf' });
  fake.faults.add({ call: 'attach', status: 401 });
  const signing = await start();
  await signing.untilState('needs-attention');
  await signing.resolve({ action: 'retry' });
  await signing.signAll();
  await signing.result();
}
