import { proxyLocalActivities, sleep, proxyActivities } from '@temporalio/workflow';
import type { SigningActivities } from '../activities/index.js';
import { isNonRetryable, toStepFailure } from './step-failure.js';

export const RETRY_AFTER_PAUSE = 'Pause that flexperto asks for';

/**
 * One attempt within the workflow's own task: a history of one event instead of six. It must be short, since the session
 * answers nobody meanwhile, and it is made again where its worker is lost.
 */
export const local = proxyLocalActivities<Pick<SigningActivities, 'requestUploadUrl' | 'listDocuments'>>({
  startToCloseTimeout: '3 seconds',
  retry: { maximumAttempts: 1 },
});

/**
 * What a quick attempt brings, or else `patiently`: the same call as an activity that is repeated for as long as it takes,
 * before everybody's eyes. A refusal is final at once, and a Retry-After is obeyed in between.
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
 * When the list of documents is looked at again after a look that lacks the effect of a call, in milliseconds from look to
 * look; only when the last look lacks it too, the call had no effect. After an answer that settles nothing (an error,
 * a reset of the connection) the effect is there by now, or on its way to the list.
 */
export const POLL_PAUSES_AFTER_ERROR_MS: readonly number[] = [10_000];

/**
 * The same where no answer came, and where a call was accepted that the list does not show: five minutes together. The
 * vendor may still be at work on the call, and so may a gateway in front of it; these give up after 30 seconds to
 * four minutes as they are delivered (nginx 60 s, load balancers of the clouds 30 to 240 s). The looks in between find
 * a late effect soon.
 */
export const POLL_PAUSES_AFTER_TIMEOUT_MS: readonly number[] = [10_000, 50_000, 240_000];

/** How long the vendor must still keep a file that is to be attached, in milliseconds; else it is uploaded again. */
export const MIN_FILE_LIFETIME_MS = 10 * 60_000;

// Every attempt beats; a worker that was killed is so noticed within half a minute, however long the attempt may take.
const heartbeatingAttempt = { startToCloseTimeout: '5 minutes', heartbeatTimeout: '30 seconds' } as const;

/**
 * Calls that are not idempotent: one attempt, because the server would also repeat an attempt whose worker was lost in
 * the middle of the call. The activities refuse a second attempt themselves, as an operator can change this policy. What
 * may follow a failure is the workflow's decision. They are never cancelled in flight.
 */
export const nonIdempotent = proxyActivities<
  Pick<SigningActivities, 'initiateSession' | 'attachDocument' | 'handOverSession'>
>({ ...heartbeatingAttempt, retry: { maximumAttempts: 1 } });

/** Calls that change nothing: repeated until they succeed or are refused. */
export const idempotent = proxyActivities<
  Pick<SigningActivities, 'requestUploadUrl' | 'listDocuments' | 'validateAdoption'>
>({
  ...heartbeatingAttempt,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/** The look at request and documents. Twenty documents of a slow host may take their time. */
export const documentCheck = proxyActivities<Pick<SigningActivities, 'checkDocuments'>>({
  ...heartbeatingAttempt,
  startToCloseTimeout: '20 minutes',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** One document over one upload URL: about a quarter of an hour of tries, then a fresh URL is worth trying. */
export const uploads = proxyActivities<Pick<SigningActivities, 'uploadDocument'>>({
  ...heartbeatingAttempt,
  startToCloseTimeout: '30 minutes',
  retry: {
    initialInterval: '2 seconds',
    backoffCoefficient: 3,
    maximumInterval: '5 minutes',
    maximumAttempts: 8,
  },
});

/** One callback. The pauses are the activity's own to say; these hold where a worker was lost during an attempt. */
export const callbackDelivery = proxyActivities<Pick<SigningActivities, 'deliverCallback'>>({
  // Above the 10 seconds that an attempt gives the CRM.
  startToCloseTimeout: '20 seconds',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 3, maximumInterval: '4 hours' },
});

/** The wait of the callbacks for a session that says nothing; the activity itself says when it looks again. */
export const reminder = proxyActivities<Pick<SigningActivities, 'waitForReminder'>>({
  startToCloseTimeout: '1 minute',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '1 minute', backoffCoefficient: 2, maximumInterval: '1 hour' },
});

/** A look after the deadline, which the workflow repeats itself, for a bounded time. */
export const singleAttempt = proxyActivities<Pick<SigningActivities, 'listDocuments'>>({
  ...heartbeatingAttempt,
  retry: { maximumAttempts: 1 },
});

/** The wait for news; the activity itself says when the next look is due. One that was lost with its worker is taken again soon. */
export const polling = proxyActivities<Pick<SigningActivities, 'pollDocuments'>>({
  ...heartbeatingAttempt,
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '1 minute', maximumInterval: '1 minute' },
});
