import { freePort } from '../../scripts/ports.js';
import { scrape, sumOf, type Sample } from './exposition.js';
import { eventually } from './outcomes.js';
import type { RealWorld } from './real-world.js';

/**
 * What a worker tells Prometheus after it has carried a session through failures, has lost one in the middle of a call
 * and has met a workflow that it does not know.
 */
export async function measureTrouble(world: RealWorld): Promise<Sample[]> {
  const { client, fake, start, startWorker, taskQueue } = world;
  const address = `127.0.0.1:${await freePort()}`;
  const counts = (name: string) => async (): Promise<boolean> => sumOf(await scrape(address), name) > 0;
  await startWorker({ SIGNING_METRICS_ADDRESS: address });
  await carryThroughFailures(world);

  fake.faults.add({ call: 'initiate', delaySeconds: 1 });
  const lost = await start();
  await eventually('its call is in flight', () => fake.ledger.entries().at(-1)?.call === 'initiate');
  await lost.handle.terminate();
  await eventually('Temporal refused its result', counts('temporal_request_failure_total'));

  const workflowId = `unknown-${taskQueue}`;
  const unknown = await client.workflow.start('unknown', { taskQueue, workflowId });
  await eventually('its task failed', counts('temporal_workflow_task_execution_failed_total'));
  await unknown.terminate();
  return scrape(address);
}

async function carryThroughFailures({ fake, start }: RealWorld): Promise<void> {
  fake.faults.add({ call: 'upload-url', status: 500 });
  fake.faults.add({ call: 'upload', status: 403, document: 'contract.pdf' });
  fake.faults.add({ call: 'attach', status: 401 });
  const signing = await start();
  await signing.untilState('needs-attention');
  await signing.resolve({ action: 'retry' });
  await signing.signAll();
  await signing.result();
}
