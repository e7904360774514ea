import type { Client } from '@temporalio/client';
import { type SigningClient, createSigningClient } from '../../src/client/index.js';
import { captureRejection, waitUntil } from './async-helpers.js';
import { followWithClient } from './encrypted-client.js';
import { readRawData } from './raw-data.js';
import { API_KEY, type RealEnvironment } from './real-environment.js';
import { type Signing, createRequest as createSigningRequest, workflowIdOf } from './signing.js';

/** Long and unusual, so that no ciphertext contains it by chance. */
const PARTICIPANT = {
  email: 'maximiliane.mustermann@example.invalid',
  firstname: 'Maximiliane',
  lastname: 'Mustermann-Oyelaran',
  mobile: '+49176123456789',
};
export const PERSONAL_DATA = Object.values(PARTICIPANT);
/** A document name, which a worker may log. */
export const DOCUMENT = 'Letter-of-Indemnity.pdf';
/** The API key, and the beginning of every upload token. */
export const SECRETS = [API_KEY, Buffer.from('{"typ":"JWT","alg":').toString('base64url').slice(0, 24)];

/** The outcomes of the scenario, and everything that the server had of it while it ran and afterwards. */
export interface ScenarioResult {
  readonly workflowIds: Readonly<Record<'completed' | 'rejected' | 'aborted', string>>;
  readonly rawData: readonly unknown[];
  /** The client's error for a refused update. */
  readonly refusal: unknown;
  readonly rejection: unknown;
}

/** Runs three signings: one that meets every kind of fault and completes, one with a wrong request, one that is aborted. */
export async function runScenario(environment: RealEnvironment, client: Client): Promise<ScenarioResult> {
  const signings = createSigningClient(client, environment.taskQueue);
  const rawData: unknown[] = [];
  const completed = await startWithFaults(environment, client, signings);
  const refusal = await resolveAllFaults(environment, signings, completed, async () => {
    rawData.push(await readRawData(client, completed.handle.workflowId));
  });
  const aborted = await abortOne(environment, signings);
  const rejected = await rejectOne(signings);
  const workflowIds = {
    completed: completed.handle.workflowId,
    rejected: workflowIdOf(rejected.requestId, environment.taskQueue),
    aborted: workflowIdOf(aborted, environment.taskQueue),
  };
  for (const workflowId of Object.values(workflowIds)) rawData.push(await readRawData(client, workflowId));
  return { workflowIds, rawData, refusal, rejection: rejected.error };
}

const createRequest = (requestId: string, change: Record<string, unknown> = {}) => ({
  ...createSigningRequest(requestId),
  name: `Contract of ${PARTICIPANT.firstname} ${PARTICIPANT.lastname}`,
  participants: [PARTICIPANT],
  ...change,
});

/** The vendor repeats the request in its error. */
const ECHOED_REQUEST = {
  message: `${PARTICIPANT.firstname} ${PARTICIPANT.lastname} <${PARTICIPANT.email}> ${PARTICIPANT.mobile} ${API_KEY}`,
};

async function startWithFaults(
  environment: RealEnvironment,
  client: Client,
  signings: SigningClient,
): Promise<Signing> {
  const { faults } = environment.fake;
  faults.add({ call: 'initiate', reset: 'after' });
  faults.add({ call: 'upload', document: 'terms.pdf', status: 500, body: ECHOED_REQUEST });
  faults.add({ call: 'upload', document: 'contract.pdf', status: 422, body: ECHOED_REQUEST });
  faults.add({ call: 'attach', reset: 'after' });
  await signings.start(createRequest('troubled'));
  return followWithClient(environment, client, 'troubled');
}

async function resolveAllFaults(
  { fake }: RealEnvironment,
  signings: SigningClient,
  signing: Signing,
  inspect: () => Promise<void>,
): Promise<unknown> {
  const { requestId, handle } = signing;
  await signing.untilState('needs-attention');
  await inspect();
  await signing.resolve({ action: 'adopt', sessionId: fake.sessions()[0]?.id ?? 0 });
  const { attention: uploadAttention } = await signing.until(({ attention }) => attention?.step === 'upload');
  const attentionId = uploadAttention?.id ?? '';
  const refusal = await captureRejection(
    signings.resolve(requestId, { attentionId, action: 'adopt', sessionId: 1 }),
  );
  await signings.resolve(requestId, { attentionId, action: 'retry' });
  await signing.untilState('awaiting-handover');
  await waitUntil('a poll has failed with "not yet"', async () => {
    const { pendingActivities } = (await handle.describe()).raw;
    return pendingActivities?.some(({ lastFailure }) => lastFailure != null) === true;
  });
  await inspect();
  await inspectDuringHeartbeat(signing, fake, inspect);
  fake.faults.add({ call: 'list', status: 403, body: ECHOED_REQUEST });
  await handle.signal('checkNow');
  await signing.until(({ attention }) => attention?.step === 'await-completion');
  await signing.resolve({ action: 'retry' });
  await signing.signAll();
  await signing.result();
  return refusal;
}

/** An activity sends its first heartbeat after five seconds. */
async function inspectDuringHeartbeat(
  { handle }: Signing,
  { faults }: RealEnvironment['fake'],
  inspect: () => Promise<void>,
): Promise<void> {
  faults.add({ call: 'list', delaySeconds: 8 });
  await handle.signal('checkNow');
  await waitUntil('the poll has sent a heartbeat', async () => {
    const { pendingActivities } = (await handle.describe()).raw;
    return pendingActivities?.some(({ heartbeatDetails }) => heartbeatDetails != null) === true;
  });
  await inspect();
}

async function abortOne({ fake }: RealEnvironment, signings: SigningClient): Promise<string> {
  const requestId = 'aborted';
  fake.faults.add({ call: 'initiate', reset: 'after' });
  await signings.start(createRequest(requestId));
  await waitUntil('it needs attention', async () => {
    return (await signings.status(requestId)).state === 'needs-attention';
  });
  const attentionId = (await signings.status(requestId)).attention?.id ?? '';
  await signings.resolve(requestId, {
    attentionId,
    action: 'abort',
    reason: `${PARTICIPANT.lastname} has called`,
  });
  await signings.wait(requestId);
  return requestId;
}

async function rejectOne(signings: SigningClient): Promise<{ requestId: string; error: unknown }> {
  const requestId = 'rejected';
  const documents = [{ source: `file:${DOCUMENT}` }];
  await signings.start(createRequest(requestId, { documents }));
  return { requestId, error: await captureRejection(signings.wait(requestId)) };
}
