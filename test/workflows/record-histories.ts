/**
 * `npm run record-histories`: runs signings on a real Temporal server and writes their histories to
 * test/histories/{version}/, which `npm test` replays from then on. For a release that changes the workflow.
 */
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FakeFlexperto } from '../../fake-flexperto/index.js';
import { runCommand } from '../../scripts/processes/commands.js';
import { startStack } from '../../scripts/processes/stack.js';
import { findTemporalCli } from '../../scripts/tools/temporal.js';
import { type SigningClient, type SigningStatus, createSigningClient } from '../../src/client/index.js';
import { startCallbackReceiver } from '../support/callback-receiver.js';
import { resetBeforeCall } from '../support/reset.js';
import { getCallbacksHandle } from '../support/signing.js';

const ROOT = path.resolve(__dirname, '../../..');
const HAND_OVER = 'POST /api/v2/collaboration/contracts/contracts/sessions/{sessionId}/handover';
/** Used here only: no history contains it. */
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const SECOND_IN_DAYS = 1 / 86_400;
const MORE_THAN_AN_HOUR_SECONDS = 3_700;

/** Long enough for all signings but the one that continues as new. */
const SHORT_HISTORIES = { 'limit.historyCount.suggestContinueAsNew': 200 };

interface ScenarioContext {
  readonly fake: FakeFlexperto;
  readonly signings: SigningClient;
  readonly requestId: string;
  readonly client: Client;
  readonly handle: WorkflowHandle;
  /** Waits until the newest signing reaches the state. */
  readonly waitForState: (state: SigningStatus['state']) => Promise<SigningStatus>;
  /** Waits for an attention, and returns its id. */
  readonly waitForAttention: () => Promise<string>;
}

/** What happens in a signing before its end; `deadlineDays` and `callbackUrl` may be part of its request. */
interface Scenario {
  readonly deadlineDays?: number;
  /** Whether a CRM is notified; the history of the callbacks is recorded too. */
  readonly withCallbacks?: true;
  readonly arrange?: (fake: FakeFlexperto) => void;
  readonly run: (context: ScenarioContext) => Promise<unknown>;
}

const handOverAndSign = async ({ fake, waitForState }: ScenarioContext): Promise<void> => {
  const { sessionId } = await waitForState('awaiting-handover');
  fake.handOver(sessionId ?? 0);
  await waitForState('awaiting-signature');
  fake.sign(sessionId ?? 0);
};

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  // The first one: once the list call has answered a worker, the worker knows that the tenant has it.
  'attach-unclear-without-list-retried': {
    arrange: (fake) => {
      fake.settings.list = false;
      fake.faults.add({ call: 'attach', reset: 'before' });
    },
    run: async ({ fake, signings, requestId, waitForState, waitForAttention }) => {
      await signings.resolve(requestId, { attentionId: await waitForAttention(), action: 'retry' });
      await waitForState('awaiting-handover');
      await signings.recordOutcome(requestId, {
        outcome: 'withdrawn',
        reason: 'the customer has called it off',
      });
      fake.settings.list = true;
    },
  },
  completed: { run: handOverAndSign },
  'upload-url-refused': {
    arrange: (fake) => {
      fake.faults.add({ call: 'upload', status: 403 });
    },
    run: handOverAndSign,
  },
  'initiate-unclear-adopted': {
    arrange: (fake) => {
      fake.faults.add({ call: 'initiate', reset: 'after' });
    },
    run: async (context) => {
      const attentionId = await context.waitForAttention();
      const sessionId = context.fake.sessions().at(-1)?.id ?? 0;
      await context.signings.resolve(context.requestId, { attentionId, action: 'adopt', sessionId });
      await handOverAndSign(context);
    },
  },
  'attach-unclear-settled': {
    arrange: (fake) => {
      fake.faults.add({ call: 'attach', reset: 'before' });
    },
    run: handOverAndSign,
  },
  'attach-refused-aborted': {
    arrange: (fake) => {
      fake.faults.add({ call: 'attach', status: 403 });
    },
    run: async ({ signings, requestId, waitForAttention }) => {
      const reason = 'sent twice by mistake';
      await signings.resolve(requestId, { attentionId: await waitForAttention(), action: 'abort', reason });
    },
  },
  'upload-url-expired': {
    arrange: (fake) => {
      fake.faults.add({ call: 'upload', status: 500, document: 'terms.pdf' });
    },
    run: async (context) => {
      while (context.fake.ledger.effects('file-uploaded').length === 0) await wait(100);
      context.fake.clock.advance(MORE_THAN_AN_HOUR_SECONDS);
      await handOverAndSign(context);
    },
  },
  'started-over-by-a-reset': {
    run: async (context) => {
      await context.waitForState('awaiting-handover');
      await resetBeforeCall('attachDocument', context.client, context.handle);
      await handOverAndSign(context);
    },
  },
  'continued-in-a-fresh-run': {
    run: async (context) => {
      await context.waitForState('awaiting-handover');
      const { runId } = await context.handle.describe();
      while ((await context.handle.describe()).runId === runId)
        await context.signings.check(context.requestId);
      await handOverAndSign(context);
    },
  },
  cancelled: {
    run: async ({ signings, requestId, waitForState }) => {
      await waitForState('awaiting-handover');
      await signings.cancel(requestId);
    },
  },
  'called-back': { withCallbacks: true, run: handOverAndSign },
  expired: { deadlineDays: 5 * SECOND_IN_DAYS, run: ({ waitForState }) => waitForState('awaiting-handover') },
};

/** With the hand-over call configured. */
const HAND_OVER_SCENARIOS: Readonly<Record<string, Scenario>> = {
  'handed-over': {
    run: async ({ fake, waitForState }) => {
      const { sessionId } = await waitForState('awaiting-signature');
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
  await recordScenarios(folder, SCENARIOS);
  await recordScenarios(folder, HAND_OVER_SCENARIOS, HAND_OVER);
}

async function recordScenarios(
  folder: string,
  scenarios: Readonly<Record<string, Scenario>>,
  handOver?: string,
): Promise<void> {
  const fakeOptions = handOver === undefined ? {} : { handOver };
  const crm = await startCallbackReceiver();
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
    for (const [requestId, { arrange, run, deadlineDays = 30, withCallbacks }] of Object.entries(scenarios)) {
      arrange?.(fake);
      const callbackUrl = withCallbacks === true ? { callbackUrl: crm.url } : {};
      const { workflowId } = await signings.start({ ...request, requestId, deadlineDays, ...callbackUrl });
      const handle = client.workflow.getHandle(workflowId);
      const waitForState = (state: SigningStatus['state']) => pollUntilState(signings, requestId, state);
      const waitForAttention = async () => (await waitForState('needs-attention')).attention?.id ?? '';
      await run({ fake, signings, requestId, client, handle, waitForState, waitForAttention });
      await signings.wait(requestId);
      await saveHistory(temporal.address, workflowId, path.join(folder, `${requestId}.json`));
      if (withCallbacks === true) {
        const callbacks = getCallbacksHandle(handle);
        await callbacks.result();
        await saveHistory(
          temporal.address,
          callbacks.workflowId,
          path.join(folder, `${requestId}-callbacks.json`),
        );
      }
      process.stdout.write(`${requestId}\n`);
    }
  } finally {
    await connection.close();
    await stack.stop();
    await crm.close();
  }
}

async function saveHistory(address: string, workflowId: string, file: string): Promise<void> {
  const show = ['workflow', 'show', '--address', address, '--workflow-id', workflowId];
  const history = await runCommand(await findTemporalCli(), [...show, '--output', 'json']);
  writeFileSync(file, removeMachineDetails(history));
}

/** Without what a history says of the machine it was recorded on: process, host and paths. */
function removeMachineDetails(history: string): string {
  const shown = (key: string, value: unknown): unknown => {
    if (key === 'stackTrace') return '';
    return typeof value === 'string' && /^\d+@/.test(value) ? 'worker' : value;
  };
  return `${JSON.stringify(JSON.parse(history), shown, 1)}\n`;
}

async function pollUntilState(
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
