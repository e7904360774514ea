import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeFlexperto } from '../../fake-flexperto/index.js';
import type { SigningRequest } from '../../src/domain/request.js';
import { isFinal, type SigningState, type SigningStatus } from '../../src/domain/status.js';
import type { SigningClient } from '../../src/starter/index.js';
import { createNews } from './news.js';
import { createNarrator } from './screen.js';

/** Long enough to read a line, short enough not to wait for it. */
const READING_MS = 3_500;
const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 90_000;

/** A vendor far away: each of its answers takes so long. */
const DISTANCE_SECONDS = 0.7;

/** Where it is played. */
export interface Stage {
  readonly fake: FakeFlexperto;
  readonly signings: SigningClient;
}

/** Tells one signing from the employee's click to the last signature while it happens, and returns its final status. */
export async function tellOneSigning(stage: Stage, request: SigningRequest): Promise<SigningStatus> {
  const { fake, signings } = stage;
  const { requestId, documents } = request;
  const tell = createNarrator();
  const tellNews = createNews(fake, tell);
  const until = (state: SigningState): Promise<SigningStatus> => follow(stage, requestId, state, tellNews);
  putFarAway(fake, documents.at(-1)?.name ?? '');

  const names = documents.map(({ name }) => name).join(' and ');
  tell('Employee', `clicks "Send for signature" in the CRM: ${names}`);
  await signings.start(request);

  const { sessionId } = await until('awaiting-handover');
  tell('Worker', 'has nothing left to send; it waits, for days if need be, and survives any restart');
  await sleep(READING_MS);

  tell('Employee', 'reads the documents in the Dashboard once more and hands the session over');
  fake.handOver(sessionId ?? 0);
  await until('awaiting-signature');
  tell('Worker', 'has seen the hand-over; now it is the customer’s turn');
  await sleep(READING_MS);

  tell('Customer', 'opens the e-mail, types the password of the SMS and signs all documents');
  fake.sign(sessionId ?? 0);
  const status = await until('completed');
  tell('Worker', 'has seen every signature: completed');
  return status;
}

/** Every call takes its time, and the answer to the last attach is lost although it took effect. */
function putFarAway(fake: FakeFlexperto, lastDocument: string): void {
  const slow = { delaySeconds: DISTANCE_SECONDS, delayBefore: true };
  fake.faults.add({ call: 'attach', document: lastDocument, ...slow, reset: 'after' });
  for (const call of ['initiate', 'upload-url', 'attach', 'list'] as const)
    fake.faults.add({ call, ...slow });
  fake.faults.add({ call: 'upload', times: 2, ...slow });
}

async function follow(
  { signings }: Stage,
  requestId: string,
  wanted: SigningState,
  tellNews: (status: SigningStatus) => void,
): Promise<SigningStatus> {
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    const status = await signings.status(requestId);
    tellNews(status);
    if (status.state === wanted) return status;
    if (isFinal(status.state) || status.attention !== null || Date.now() > giveUp)
      throw new Error(strayed(status, wanted));
    await sleep(LOOK_EVERY_MS);
  }
}

function strayed({ state, attention }: SigningStatus, wanted: SigningState): string {
  const why = attention === null ? '' : ` (${attention.reason})`;
  return `The signing should have come to ${wanted}, but it is ${state}${why}: the program is broken, please report this.`;
}
