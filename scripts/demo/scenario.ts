import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeFlexperto } from '../../fake-flexperto/index.js';
import type { SigningClient } from '../../src/client/index.js';
import type { SigningRequest } from '../../src/domain/request.js';
import { type SigningState, type SigningStatus, isFinal } from '../../src/domain/status.js';
import { createEventLog } from './event-log.js';
import { createStepPrinter } from './output.js';

/** Time to read a line. */
const READING_PAUSE_MS = 3_500;
const POLL_INTERVAL_MS = 100;
const TIMEOUT_MS = 90_000;

/** The latency of each answer, as of a vendor far away. */
const RESPONSE_DELAY_SECONDS = 0.7;

/** The vendor and the client that the scenario uses. */
export interface DemoEnvironment {
  readonly fake: FakeFlexperto;
  readonly signings: SigningClient;
}

/** Runs one signing from the employee's click to the last signature, prints every step, and returns its final status. */
export async function runScenario(
  environment: DemoEnvironment,
  request: SigningRequest,
): Promise<SigningStatus> {
  const { fake, signings } = environment;
  const { requestId, documents } = request;
  const printStep = createStepPrinter();
  const printEvents = createEventLog(fake, printStep);
  const waitForState = (state: SigningState): Promise<SigningStatus> =>
    pollUntilState(environment, requestId, state, printEvents);
  addFaults(fake, documents.at(-1)?.name ?? '');

  const names = documents.map(({ name }) => name).join(' and ');
  printStep('Employee', `clicks "Send for signature" in the CRM: ${names}`);
  await signings.start(request);

  const { sessionId } = await waitForState('awaiting-handover');
  printStep('Worker', 'has sent everything; the signing can wait for days now, and survives restarts');
  await sleep(READING_PAUSE_MS);

  printStep('Employee', 'reads the documents in the Dashboard and hands them over to the customer');
  fake.handOver(sessionId ?? 0);
  await waitForState('awaiting-signature');
  printStep('Worker', 'has seen the hand-over and waits for the customer');
  await sleep(READING_PAUSE_MS);

  printStep('Customer', 'opens the e-mail, enters the password from the SMS and signs all documents');
  fake.sign(sessionId ?? 0);
  const status = await waitForState('completed');
  printStep('Worker', 'has seen every signature: the signing is completed');
  return status;
}

/** Delays every call, and loses the answer to the last attach after it took effect. */
function addFaults(fake: FakeFlexperto, lastDocument: string): void {
  const delay = { delaySeconds: RESPONSE_DELAY_SECONDS, delayBefore: true };
  fake.faults.add({ call: 'attach', document: lastDocument, ...delay, reset: 'after' });
  for (const call of ['initiate', 'upload-url', 'attach', 'list'] as const)
    fake.faults.add({ call, ...delay });
  fake.faults.add({ call: 'upload', times: 2, ...delay });
}

async function pollUntilState(
  { signings }: DemoEnvironment,
  requestId: string,
  expected: SigningState,
  printEvents: (status: SigningStatus) => void,
): Promise<SigningStatus> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const status = await signings.status(requestId);
    printEvents(status);
    if (status.state === expected) return status;
    if (isFinal(status.state) || status.attention !== null || Date.now() > deadline)
      throw new Error(describeUnexpectedState(status, expected));
    await sleep(POLL_INTERVAL_MS);
  }
}

function describeUnexpectedState({ state, attention }: SigningStatus, expected: SigningState): string {
  const why = attention === null ? '' : ` (${attention.reason})`;
  return `The signing should be ${expected}, but it is ${state}${why}. This is a bug: please report it.`;
}
