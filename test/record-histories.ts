/**
 * `npm run record-histories`: plays sessions on a real Temporal server and keeps their histories in
 * test/histories/{version}/, which `npm test` replays ever after. For a release that changes the workflow.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { FakeFlexperto } from '../fake-flexperto/index.js';
import { runCommand } from '../scripts/commands.js';
import { startStack } from '../scripts/stack.js';
import { findTemporalCli } from '../scripts/temporal-programs.js';
import { createSigningClient, type SigningClient, type SigningStatus } from '../src/starter/index.js';
import { startCrm } from './support/crm.js';
import { resetBeforeCall } from './support/reset.js';
import { callbacksOf } from './support/signing.js';

const ROOT = path.resolve(__dirname, '../..');
const HAND_OVER = 'POST /api/v2/collaboration/contracts/contracts/sessions/{sessionId}/handover';
/** Of nobody else: it stands in no history. */
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const SECONDS = 1 / 86_400;
const HOUR_AND_MORE = 3_700;

/** Long enough for all sessions but the one that shall be continued. */
const SHORT_HISTORIES = { 'limit.historyCount.suggestContinueAsNew': 200 };

interface Play {
  readonly fake: FakeFlexperto;
  readonly signings: SigningClient;
  readonly requestId: string;
  readonly client: Client;
  readonly handle: WorkflowHandle;
  /** Waits for the state, which only the newest session has to reach. */
  readonly until: (state: SigningStatus['state']) => Promise<SigningStatus>;
  /** Waits for a question, and names it. */
  readonly asked: () => Promise<string>;
}

/** What happens in each session before its end; `deadlineDays` and `callbackUrl` may be part of its request. */
interface Story {
  readonly deadlineDays?: number;
  /** Whether a CRM is told; the history of that is kept too. */
  readonly calledBack?: true;
  readonly before?: (fake: FakeFlexperto) => void;
  readonly play: (play: Play) => Promise<unknown>;
}

const signed = async ({ fake, until }: Play): Promise<void> => {
  const { sessionId } = await until('awaiting-handover');
  fake.handOver(sessionId ?? 0);
  await until('awaiting-signature');
  fake.sign(sessionId ?? 0);
};

const STORIES: Readonly<Record<string, Story>> = {
  // The first one: once the list call has answered a worker, the worker knows that the tenant has it.
  'attach-unclear-without-list-retried': {
    before: (fake) => {
      fake.settings.list = false;
      fake.faults.add({ call: 'attach', reset: 'before' });
    },
    play: async ({ fake, signings, requestId, until, asked }) => {
      await signings.resolve(requestId, { attentionId: await asked(), action: 'retry' });
      await until('awaiting-handover');
      await signings.recordOutcome(requestId, {
        outcome: 'withdrawn',
        reason: 'the customer has called it off',
      });
      fake.settings.list = true;
    },
  },
  completed: { play: signed },
  'upload-url-refused': {
    before: (fake) => {
      fake.faults.add({ call: 'upload', status: 403 });
    },
    play: signed,
  },
  'initiate-unclear-adopted': {
    before: (fake) => {
      fake.faults.add({ call: 'initiate', reset: 'after' });
    },
    play: async (play) => {
      const attentionId = await play.asked();
      const sessionId = play.fake.sessions().at(-1)?.id ?? 0;
      await play.signings.resolve(play.requestId, { attentionId, action: 'adopt', sessionId });
      await signed(play);
    },
  },
  'attach-unclear-settled': {
    before: (fake) => {
      fake.faults.add({ call: 'attach', reset: 'before' });
    },
    play: signed,
  },
  'attach-refused-aborted': {
    before: (fake) => {
      fake.faults.add({ call: 'attach', status: 403 });
    },
    play: async ({ signings, requestId, asked }) => {
      const reason = 'sent twice by mistake';
      await signings.resolve(requestId, { attentionId: await asked(), action: 'abort', reason });
    },
  },
  'upload-url-expired': {
    before: (fake) => {
      fake.faults.add({ call: 'upload', status: 500, document: 'terms.pdf' });
    },
    play: async (play) => {
      while (play.fake.ledger.effects('file-uploaded').length === 0) await wait(100);
      play.fake.clock.advance(HOUR_AND_MORE);
      await signed(play);
    },
  },
  'started-over-by-a-reset': {
    play: async (play) => {
      await play.until('awaiting-handover');
      await resetBeforeCall('attachDocument', play.client, play.handle);
      await signed(play);
    },
  },
  'continued-in-a-fresh-run': {
    play: async (play) => {
      await play.until('awaiting-handover');
      const { runId } = await play.handle.describe();
      while ((await play.handle.describe()).runId === runId) await play.signings.check(play.requestId);
      await signed(play);
    },
  },
  cancelled: {
    play: async ({ signings, requestId, until }) => {
      await until('awaiting-handover');
      await signings.cancel(requestId);
    },
  },
  'called-back': { calledBack: true, play: signed },
  expired: { deadlineDays: 5 * SECONDS, play: ({ until }) => until('awaiting-handover') },
};

/** With the hand-over call configured. */
const HANDED_OVER: Readonly<Record<string, Story>> = {
  'handed-over': {
    play: async ({ fake, until }) => {
      const { sessionId } = await until('awaiting-signature');
      fake.sign(sessionId ?? 0);
    },
  },
};

async function main(): Promise<void> {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const folder = path.join(ROOT, 'test/histories', version);
  mkdirSync(folder, { recursive: true });
  await record(folder, STORIES);
  await record(folder, HANDED_OVER, HAND_OVER);
}

async function record(
  folder: string,
  stories: Readonly<Record<string, Story>>,
  handOver?: string,
): Promise<void> {
  const fakeOptions = handOver === undefined ? {} : { handOver };
  const crm = await startCrm();
  const stack = await startStack({
    pollSeconds: 0.5,
    fake: fakeOptions,
    temporal: { dynamicConfig: SHORT_HISTORIES },
    worker: { SIGNING_CALLBACK_SECRET: SECRET, SIGNING_CALLBACK_HOSTS: crm.hosts.join(',') },
  });
  const { temporal, fake } = stack;
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection });
  const signings = createSigningClient(client);
  const request = JSON.parse(readFileSync(path.join(ROOT, 'examples/request.json'), 'utf8')) as object;
  try {
    for (const [requestId, { before, play, deadlineDays = 30, calledBack }] of Object.entries(stories)) {
      before?.(fake);
      const callbackUrl = calledBack === true ? { callbackUrl: crm.url } : {};
      const { workflowId } = await signings.start({ ...request, requestId, deadlineDays, ...callbackUrl });
      const handle = client.workflow.getHandle(workflowId);
      const until = (state: SigningStatus['state']) => untilState(signings, requestId, state);
      const asked = async () => (await until('needs-attention')).attention?.id ?? '';
      await play({ fake, signings, requestId, client, handle, until, asked });
      await signings.wait(requestId);
      await keep(temporal.address, workflowId, path.join(folder, `${requestId}.json`));
      if (calledBack === true) {
        const callbacks = callbacksOf(handle);
        await callbacks.result();
        await keep(temporal.address, callbacks.workflowId, path.join(folder, `${requestId}-callbacks.json`));
      }
      process.stdout.write(`${requestId}\n`);
    }
  } finally {
    await connection.close();
    await stack.stop();
    await crm.close();
  }
}

async function keep(address: string, workflowId: string, file: string): Promise<void> {
  const show = ['workflow', 'show', '--address', address, '--workflow-id', workflowId];
  const history = await runCommand(await findTemporalCli(), [...show, '--output', 'json']);
  writeFileSync(file, impersonal(history));
}

/** Without what a history says of the machine it was recorded on: process, host and paths. */
function impersonal(history: string): string {
  const shown = (key: string, value: unknown): unknown => {
    if (key === 'stackTrace') return '';
    return typeof value === 'string' && /^\d+@/.test(value) ? 'worker' : value;
  };
  return `${JSON.stringify(JSON.parse(history), shown, 1)}\n`;
}

async function untilState(
  signings: SigningClient,
  requestId: string,
  state: SigningStatus['state'],
): Promise<SigningStatus> {
  for (;;) {
    const status = await signings.status(requestId);
    if (status.state === state) return status;
    await wait(100);
  }
}

void main();
