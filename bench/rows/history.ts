import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import type { Figure } from '../figure.js';
import type { Row } from '../row.js';
import { makeDocuments } from '../support/documents.js';
import { countActions, eventsOfSession } from '../support/events.js';
import { bringOneToSignature } from '../support/sessions.js';
import { startStage, type Stage } from '../support/stage.js';
import { workflowIdOf } from '../../src/workflows/messages.js';

const DOCUMENTS = [1, 5, 20];
const POLL_SECONDS = 0.5;
const WAIT_MS = 10_000;

export const history: Row = {
  name: 'history',
  about:
    'events, bytes and billed actions of an encrypted session until it awaits its signature, and what waiting adds',
  run: async (folder) => {
    const payloadKeys = `bench:${randomBytes(32).toString('base64')}`;
    const stage = await startStage(folder, { payloadKeys, pollSeconds: POLL_SECONDS });
    try {
      const figures: Figure[] = [];
      for (const count of DOCUMENTS) figures.push(...(await measure(stage, count)));
      return figures;
    } finally {
      await stage.stop();
    }
  },
};

async function measure(stage: Stage, count: number): Promise<readonly Figure[]> {
  const documents = await makeDocuments(stage.documents, { count, bytes: count * 20_000 });
  const requestId = await bringOneToSignature(stage, documents);
  // The first look at the list may bring news of its own.
  await sleep(2_000);
  const handle = stage.client.workflow.getHandle(workflowIdOf(requestId));
  const { historyLength, historySize = 0 } = await handle.describe();
  const actions = countActions(await eventsOfSession(stage, requestId));
  await sleep(WAIT_MS);
  const grown = (await handle.describe()).historyLength - historyLength;
  const name = `history, ${count} document${count === 1 ? '' : 's'}`;
  return [
    {
      name: `${name}, events`,
      unit: '',
      measured: [historyLength],
      ...(count === 1 ? { target: { of: 'max', atMost: 40 } } : {}),
    },
    { name: `${name}, size`, unit: 'KB', measured: [historySize / 1024] },
    { name: `${name}, actions`, unit: '', measured: [actions] },
    { name: `${name}, growth while waiting`, unit: '', measured: [grown], target: { of: 'max', atMost: 0 } },
  ];
}
