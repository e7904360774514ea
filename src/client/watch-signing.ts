import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal } from '../domain/status.js';
import { NoServerError } from '../shared/temporal-errors.js';
import type { StatusWithCallback } from './callback-status.js';
import { NoWorkerError } from './errors.js';
import type { SigningClient } from './signing-client.js';

/** The result of one poll: the status, or that nobody answers at the moment. */
export type Observation =
  { readonly status: StatusWithCallback } | { readonly outage: NoServerError | NoWorkerError };

/** Short pauses while something happens; a wait for a signature can last for weeks. */
const MIN_PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;

/**
 * Polls a signing until it has ended, and yields each change. Goes on while server or worker do not answer. Throws the
 * reason of the signal when that is aborted, and the other errors of `SigningClient.status`.
 */
export async function* watchSigning(
  signings: SigningClient,
  requestId: string,
  signal: AbortSignal,
): AsyncGenerator<Observation> {
  let pause = MIN_PAUSE_MS;
  let previous = '';
  for (;;) {
    const observation = await rejectOnAbort(signal, observe(signings, requestId));
    const current = JSON.stringify('status' in observation ? observation.status : observation.outage.name);
    if (current !== previous) {
      yield observation;
      pause = MIN_PAUSE_MS;
    }
    if ('status' in observation && isFinal(observation.status.state)) return;
    previous = current;
    await rejectOnAbort(signal, sleep(pause));
    pause = Math.min(pause * 1.5, MAX_PAUSE_MS);
  }
}

async function observe(signings: SigningClient, requestId: string): Promise<Observation> {
  try {
    return { status: await signings.status(requestId) };
  } catch (error) {
    if (error instanceof NoServerError || error instanceof NoWorkerError) return { outage: error };
    throw error;
  }
}

/** @throws the signal's reason as soon as it is aborted */
async function rejectOnAbort<Result>(signal: AbortSignal, result: Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(signal.reason as Error);
    };
  });
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
