import type { Client } from '@temporalio/client';
import { createSigningClient, type SigningClient } from '../../src/starter/index.js';
import { eventually, rejection } from '../support/outcomes.js';
import { API_KEY, type RealWorld } from '../support/real-world.js';
import { requestFor, type Signing, workflowIdOf } from '../support/signing.js';
import { followWith } from './client.js';
import { rawDataOf } from './raw-data.js';

/** Long and unusual, so that none of it comes up in a ciphertext by chance. */
export const PARTICIPANT = {
  email: 'maximiliane.mustermann@example.invalid',
  firstname: 'Maximiliane',
  lastname: 'Mustermann-Oyelaran',
  mobile: '+49176123456789',
};
export const PERSONAL = Object.values(PARTICIPANT);
/** Names that a CRM has given and that a worker may log: what it says of a document names it. */
export const DOCUMENT = 'Letter-of-Indemnity.pdf';
/** The API key, and how every upload token begins. */
export const SECRETS = [API_KEY, Buffer.from('{"typ":"JWT","alg":').toString('base64url').slice(0, 24)];

/** What a session did, and all that could be seen of it on the server while it ran and afterwards. */
export interface Told {
  readonly workflowIds: Readonly<Record<'completed' | 'rejected' | 'aborted', string>>;
  readonly seen: readonly unknown[];
  /** Why an update was refused, in the words that reached the client. */
  readonly refusal: unknown;
  readonly rejection: unknown;
}

/** Three sessions: one through every kind of trouble to the end, one with a faulty request, one that a human aborts. */
export async function tellStory(world: RealWorld, client: Client): Promise<Told> {
  const signings = createSigningClient(client, world.taskQueue);
  const seen: unknown[] = [];
  const completed = await startTroubled(world, client, signings);
  const refusal = await throughTrouble(world, signings, completed, async () => {
    seen.push(await rawDataOf(client, completed.handle.workflowId));
  });
  const aborted = await abortOne(world, signings);
  const rejected = await rejectOne(signings);
  const workflowIds = {
    completed: completed.handle.workflowId,
    rejected: workflowIdOf(rejected.requestId, world.taskQueue),
    aborted: workflowIdOf(aborted, world.taskQueue),
  };
  for (const workflowId of Object.values(workflowIds)) seen.push(await rawDataOf(client, workflowId));
  return { workflowIds, seen, refusal, rejection: rejected.error };
}

const requestOf = (requestId: string, change: Record<string, unknown> = {}) => ({
  ...requestFor(requestId),
  name: `Contract of ${PARTICIPANT.firstname} ${PARTICIPANT.lastname}`,
  participants: [PARTICIPANT],
  ...change,
});

/** The vendor repeats what it was sent, as vendors do. */
const TALKATIVE = {
  message: `${PARTICIPANT.firstname} ${PARTICIPANT.lastname} <${PARTICIPANT.email}> ${PARTICIPANT.mobile} ${API_KEY}`,
};

async function startTroubled(world: RealWorld, client: Client, signings: SigningClient): Promise<Signing> {
  const { faults } = world.fake;
  faults.add({ call: 'initiate', reset: 'after' });
  faults.add({ call: 'upload', document: 'terms.pdf', status: 500, body: TALKATIVE });
  faults.add({ call: 'upload', document: 'contract.pdf', status: 422, body: TALKATIVE });
  faults.add({ call: 'attach', reset: 'after' });
  await signings.start(requestOf('troubled'));
  return followWith(world, client, 'troubled');
}

async function throughTrouble(
  { fake }: RealWorld,
  signings: SigningClient,
  session: Signing,
  look: () => Promise<void>,
): Promise<unknown> {
  const { requestId, handle } = session;
  await session.untilState('needs-attention');
  await look();
  await session.resolve({ action: 'adopt', sessionId: fake.sessions()[0]?.id ?? 0 });
  const { attention: asked } = await session.until(({ attention }) => attention?.step === 'upload');
  const attentionId = asked?.id ?? '';
  const refusal = await rejection(
    signings.resolve(requestId, { attentionId, action: 'adopt', sessionId: 1 }),
  );
  await signings.resolve(requestId, { attentionId, action: 'retry' });
  await session.untilState('awaiting-handover');
  await eventually('a look has failed with "not yet"', async () => {
    const { pendingActivities } = (await handle.describe()).raw;
    return pendingActivities?.some(({ lastFailure }) => lastFailure != null) === true;
  });
  await look();
  await whileALookBeats(session, fake, look);
  fake.faults.add({ call: 'list', status: 403, body: TALKATIVE });
  await handle.signal('checkNow');
  await session.until(({ attention }) => attention?.step === 'await-completion');
  await session.resolve({ action: 'retry' });
  await session.signAll();
  await session.result();
  return refusal;
}

/** A call beats once it has lasted five seconds. */
async function whileALookBeats(
  { handle }: Signing,
  { faults }: RealWorld['fake'],
  look: () => Promise<void>,
): Promise<void> {
  faults.add({ call: 'list', delaySeconds: 8 });
  await handle.signal('checkNow');
  await eventually('the look has beaten', async () => {
    const { pendingActivities } = (await handle.describe()).raw;
    return pendingActivities?.some(({ heartbeatDetails }) => heartbeatDetails != null) === true;
  });
  await look();
}

async function abortOne({ fake }: RealWorld, signings: SigningClient): Promise<string> {
  const requestId = 'aborted';
  fake.faults.add({ call: 'initiate', reset: 'after' });
  await signings.start(requestOf(requestId));
  await eventually('it needs attention', async () => {
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
  await signings.start(requestOf(requestId, { documents }));
  return { requestId, error: await rejection(signings.wait(requestId)) };
}
