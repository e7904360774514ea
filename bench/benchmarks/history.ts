import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_TASK_QUEUE, buildWorkflowId } from '../../src/domain/workflow-id.js';
import type { Benchmark, Size } from '../benchmark.js';
import type { Measurement } from '../measurement.js';
import { createDocuments } from '../support/documents.js';
import { type BenchEnvironment, startEnvironment } from '../support/environment.js';
import { countActions, fetchSigningEvents } from '../support/events.js';
import { runOneToSignature } from '../support/signings.js';

const POLL_SECONDS = 0.5;
const WAIT_MS = 10_000;
const DOCUMENTS: Readonly<Record<Size, readonly number[]>> = { full: [1, 5, 20], quick: [1] };

export const history: Benchmark = {
  name: 'history',
  description:
    'events, bytes and billed actions of an encrypted signing until it waits, and what waiting adds',
  run: async (folder, { size }) => [
    ...(await measure(await createFolder(folder, 'in the Dashboard'), DOCUMENTS[size], false)),
    ...(await measure(await createFolder(folder, 'by call'), [1], true)),
  ],
};

async function createFolder(folder: string, name: string): Promise<string> {
  const made = join(folder, name);
  await mkdir(made);
  return made;
}

async function measure(
  folder: string,
  counts: readonly number[],
  handsOver: boolean,
): Promise<readonly Measurement[]> {
  const payloadKeys = `bench:${randomBytes(32).toString('base64')}`;
  const environment = await startEnvironment(folder, { payloadKeys, pollSeconds: POLL_SECONDS, handsOver });
  try {
    const figures: Measurement[] = [];
    for (const count of counts) figures.push(...(await measureOne(environment, count, handsOver)));
    return figures;
  } finally {
    await environment.stop();
  }
}

async function measureOne(
  environment: BenchEnvironment,
  count: number,
  handsOver: boolean,
): Promise<readonly Measurement[]> {
  const documents = await createDocuments(environment.documents, { count, bytes: count * 20_000 });
  const waiting = handsOver ? 'awaiting-signature' : 'awaiting-handover';
  const requestId = await runOneToSignature(environment, documents, waiting);
  // The first poll of the list may add events.
  await sleep(2_000);
  const handle = environment.client.workflow.getHandle(buildWorkflowId(requestId, DEFAULT_TASK_QUEUE));
  const { historyLength, historySize = 0 } = await handle.describe();
  const actions = countActions(await fetchSigningEvents(environment, requestId));
  await sleep(WAIT_MS);
  const grown = (await handle.describe()).historyLength - historyLength;
  const how = handsOver ? ', with the hand-over call' : '';
  const name = `history, ${count} document${count === 1 ? '' : 's'}${how}`;
  return [
    {
      name: `${name}, events`,
      unit: '',
      measured: [historyLength],
      ...(count === 1 && !handsOver ? { target: { of: 'max', atMost: 40 } } : {}),
    },
    { name: `${name}, size`, unit: 'KB', measured: [historySize / 1024] },
    { name: `${name}, actions`, unit: '', measured: [actions] },
    { name: `${name}, growth while waiting`, unit: '', measured: [grown], target: { of: 'max', atMost: 0 } },
  ];
}
