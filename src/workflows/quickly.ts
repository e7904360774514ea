import { proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { SigningActivities } from '../activities/index.js';
import { isNonRetryable, stepFailure } from './step-failure.js';

export const ASKED_PAUSE = 'Pause that flexperto asks for';

/**
 * One attempt within the workflow's own task: a history of one event instead of six. It must be short, since the session
 * answers nobody meanwhile, and it is made again where its worker is lost.
 */
export const quickly = proxyLocalActivities<Pick<SigningActivities, 'requestUploadUrl' | 'listDocuments'>>({
  startToCloseTimeout: '3 seconds',
  retry: { maximumAttempts: 1 },
});

/**
 * What a quick attempt brings, or else `patiently`: the same call as an activity that is repeated for as long as it takes,
 * before everybody's eyes. A refusal is final at once, and a Retry-After is obeyed in between.
 */
export async function quicklyOr<Result>(
  attempt: () => Promise<Result>,
  patiently: () => Promise<Result>,
): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    const { retryAfterMs = 0 } = stepFailure(error);
    if (isNonRetryable(error)) throw error;
    if (retryAfterMs > 0) await sleep(retryAfterMs, { summary: ASKED_PAUSE });
    return patiently();
  }
}
