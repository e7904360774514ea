import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal } from '../domain/status.js';
import type { StatusWithCallback } from './callback.js';
import type { SigningClient } from './client.js';
import { NoServerError, NoWorkerError } from './errors.js';

/** What a look at a signing has shown: its status, or that nobody answers at the moment. */
export type Sight =
  { readonly status: StatusWithCallback } | { readonly trouble: NoServerError | NoWorkerError };

/** Quick while something happens; a wait for a signature may last for weeks. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Looks at a signing until it has ended, and yields what is new. A server or worker that does not answer is waited for.
 * Ends with the signal's reason when that is aborted, and throws what `SigningClient.status` throws besides.
 */
export async function* follow(
  signings: SigningClient,
  requestId: string,
  signal: AbortSignal,
): AsyncGenerator<Sight> {
  let pause = FIRST_PAUSE_MS;
  let before = '';
  for (;;) {
    const sight = await unlessAborted(signal, look(signings, requestId));
    const now = JSON.stringify('status' in sight ? sight.status : sight.trouble.name);
    if (now !== before) {
      yield sight;
      pause = FIRST_PAUSE_MS;
    }
    if ('status' in sight && isFinal(sight.status.state)) return;
    before = now;
    await unlessAborted(signal, sleep(pause));
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
  }
}

async function look(signings: SigningClient, requestId: string): Promise<Sight> {
  try {
    return { status: await signings.status(requestId) };
  } catch (error) {
    if (error instanceof NoServerError || error instanceof NoWorkerError) return { trouble: error };
    throw error;
  }
}

/** @throws the signal's reason as soon as that is aborted */
async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(signal.reason as Error);
    };
  });
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
