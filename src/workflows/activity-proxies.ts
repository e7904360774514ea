import { proxyActivities, proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { SigningActivities } from '../activities/index.js';
import {
  CALLBACK_DELIVERY,
  DEADLINE_POLL,
  DOCUMENT_CHECK,
  IDEMPOTENT_CALL,
  IMMEDIATE_POLL,
  LOCAL_ATTEMPT,
  NON_IDEMPOTENT_CALL,
  POLL,
  REMINDER,
  UPLOAD,
} from './retry-policies.js';
import { isNonRetryable, toStepFailure } from './step-failure.js';

export const RETRY_AFTER_PAUSE = 'Pause that flexperto asks for';

/** One attempt as a local activity: one event in the history instead of six. A lost worker means another attempt. */
export const local =
  proxyLocalActivities<Pick<SigningActivities, 'requestUploadUrl' | 'listDocuments'>>(LOCAL_ATTEMPT);

/**
 * The result of a local attempt, or else of `callRemotely`: the same call as a normal activity, with visible retries.
 * A rejection is final, and a Retry-After is obeyed in between.
 */
export async function localThenRemote<Result>(
  callLocally: () => Promise<Result>,
  callRemotely: () => Promise<Result>,
): Promise<Result> {
  try {
    return await callLocally();
  } catch (error) {
    const { retryAfterMs = 0 } = toStepFailure(error);
    if (isNonRetryable(error)) throw error;
    if (retryAfterMs > 0) await sleep(retryAfterMs, { summary: RETRY_AFTER_PAUSE });
    return callRemotely();
  }
}

/**
 * Calls that are not idempotent. The activities reject a second attempt themselves, since an operator can change the
 * options. The workflow decides what follows a failure, and never cancels a call in flight.
 */
export const nonIdempotent =
  proxyActivities<Pick<SigningActivities, 'initiateSession' | 'attachDocument' | 'handOverSession'>>(
    NON_IDEMPOTENT_CALL,
  );

export const idempotent =
  proxyActivities<Pick<SigningActivities, 'requestUploadUrl' | 'listDocuments' | 'validateAdoption'>>(
    IDEMPOTENT_CALL,
  );

export const documentCheck = proxyActivities<Pick<SigningActivities, 'checkDocuments'>>(DOCUMENT_CHECK);

export const uploads = proxyActivities<Pick<SigningActivities, 'uploadDocument'>>(UPLOAD);

export const polling = proxyActivities<Pick<SigningActivities, 'pollDocuments'>>(POLL);

export const immediatePoll = proxyActivities<Pick<SigningActivities, 'listDocuments'>>(IMMEDIATE_POLL);

export const deadlinePoll = proxyActivities<Pick<SigningActivities, 'listDocuments'>>(DEADLINE_POLL);

export const callbackDelivery =
  proxyActivities<Pick<SigningActivities, 'deliverCallback'>>(CALLBACK_DELIVERY);

export const reminder = proxyActivities<Pick<SigningActivities, 'waitForReminder'>>(REMINDER);
