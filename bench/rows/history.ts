import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from '../figure.js';
import type { Row } from '../row.js';
import { makeDocuments } from '../support/documents.js';
import { countActions, eventsOfSession } from '../support/events.js';
import { bringOneToSignature } from '../support/sessions.js';
import { startStage, type Stage } from '../support/stage.js';
import { DEFAULT_TASK_QUEUE, workflowIdOf } from '../../src/workflows/messages.js';

const POLL_SECONDS = 0.5;
const WAIT_MS = 10_000;

export const history: Row = {
  name: 'history',
  about: 'events, bytes and billed actions of an encrypted session until it waits, and what waiting adds',
  run: async (folder) => [
    ...(await measure(await newFolder(folder, 'in the Dashboard'), [1, 5, 20], false)),
    ...(await measure(await newFolder(folder, 'by call'), [1], true)),
  ],
};

async function newFolder(folder: string, name: string): Promise<string> {
  const made = join(folder, name);
  await mkdir(made);
  return made;
}

async function measure(
  folder: string,
  counts: readonly number[],
  handsOver: boolean,
): Promise<readonly Figure[]> {
  const payloadKeys = `bench:${randomBytes(32).toString('base64')}`;
  const stage = await startStage(folder, { payloadKeys, pollSeconds: POLL_SECONDS, handsOver });
  try {
    const figures: Figure[] = [];
    for (const count of counts) figures.push(...(await measureOne(stage, count, handsOver)));
    return figures;
  } finally {
    await stage.stop();
  }
}

async function measureOne(stage: Stage, count: number, handsOver: boolean): Promise<readonly Figure[]> {
  const documents = await makeDocuments(stage.documents, { count, bytes: count * 20_000 });
  const waiting = handsOver ? 'awaiting-signature' : 'awaiting-handover';
  const requestId = await bringOneToSignature(stage, documents, waiting);
  // The first look at the list may bring news of its own.
  await sleep(2_000);
  const handle = stage.client.workflow.getHandle(workflowIdOf(requestId, DEFAULT_TASK_QUEUE));
  const { historyLength, historySize = 0 } = await handle.describe();
  const actions = countActions(await eventsOfSession(stage, requestId));
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
