import { setTimeout as sleep } from 'node:timers/promises';

/** The error of a rejected promise. @throws Error if the promise resolves */
export async function captureRejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  throw new Error(`resolved with ${JSON.stringify(outcome.value)}`);
}

/** All bytes of a stream, and its error if it ended with one. */
export async function readStream(
  content: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: Buffer; readonly error?: unknown }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of content) chunks.push(Uint8Array.from(chunk));
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  }
  return { bytes: Buffer.concat(chunks) };
}

const WAIT_TIMEOUT_SECONDS = 90;

/** Waits until the condition holds. @throws Error with the description after 90 seconds */
export async function waitUntil(
  description: string,
  condition: () => boolean | Promise<boolean>,
  pauseMs = 50,
): Promise<void> {
  const deadline = Date.now() + WAIT_TIMEOUT_SECONDS * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`timed out waiting until ${description}`);
    await sleep(pauseMs);
  }
}
