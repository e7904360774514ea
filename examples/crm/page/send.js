import { startSigning } from './api.js';

const PAUSES_MS = [1_000, 3_000];

/**
 * Starts a signing. A call whose answer is lost is made again with the same requestId, by which the gateway knows it:
 * nothing is ever sent twice. Throws the last `Problem`.
 */
export async function sendOnce(request) {
  for (const pause of [...PAUSES_MS, null]) {
    try {
      return await startSigning(request);
    } catch (problem) {
      if (!problem.isUnclear || pause === null) throw problem;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
