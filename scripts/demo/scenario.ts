import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeFlexperto } from '../../fake-flexperto/index.js';
import type { SigningRequest } from '../../src/domain/request.js';
import { isFinal, type SigningState, type SigningStatus } from '../../src/domain/status.js';
import type { SigningClient } from '../../src/client/index.js';
import { createEventLog } from './event-log.js';
import { createStepPrinter } from './output.js';

/** Long enough to read a line, short enough not to wait for it. */
const READING_PAUSE_MS = 3_500;
const POLL_INTERVAL_MS = 100;
const TIMEOUT_MS = 90_000;

/** A vendor far away: each of its answers takes so long. */
const RESPONSE_DELAY_SECONDS = 0.7;

/** Where it is played. */
export interface DemoEnvironment {
  readonly fake: FakeFlexperto;
  readonly signings: SigningClient;
}

/** Tells one signing from the employee's click to the last signature while it happens, and returns its final status. */
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
  printStep('Worker', 'has nothing left to send; it waits, for days if need be, and survives any restart');
  await sleep(READING_PAUSE_MS);

  printStep('Employee', 'reads the documents in the Dashboard once more and hands the session over');
  fake.handOver(sessionId ?? 0);
  await waitForState('awaiting-signature');
  printStep('Worker', 'has seen the hand-over; now it is the customer’s turn');
  await sleep(READING_PAUSE_MS);

  printStep('Customer', 'opens the e-mail, types the password of the SMS and signs all documents');
  fake.sign(sessionId ?? 0);
  const status = await waitForState('completed');
  printStep('Worker', 'has seen every signature: completed');
  return status;
}

/** Every call takes its time, and the answer to the last attach is lost although it took effect. */
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
  return `The signing should have come to ${expected}, but it is ${state}${why}: the program is broken, please report this.`;
}
