import { proxyActivities } from '@temporalio/workflow';
import type { SigningActivities } from '../activities/index.js';

// Every attempt beats; a worker that was killed is so noticed within half a minute, however long the attempt may take.
const attempt = { startToCloseTimeout: '5 minutes', heartbeatTimeout: '30 seconds' } as const;

/**
 * Calls that are not idempotent: one attempt, because the server would also repeat an attempt whose worker was lost in
 * the middle of the call. The activities refuse a second attempt themselves, as an operator can change this policy. What
 * may follow a failure is the workflow's decision. They are never cancelled in flight.
 */
export const oneAttempt = proxyActivities<
  Pick<SigningActivities, 'initiateSession' | 'attachDocument' | 'handOverSession'>
>({ ...attempt, retry: { maximumAttempts: 1 } });

/** Calls that change nothing: repeated until they succeed or are refused. */
export const freely = proxyActivities<
  Pick<SigningActivities, 'requestUploadUrl' | 'listDocuments' | 'judgeAdoption'>
>({
  ...attempt,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/** The look at request and documents. Twenty documents of a slow host may take their time. */
export const checking = proxyActivities<Pick<SigningActivities, 'checkDocuments'>>({
  ...attempt,
  startToCloseTimeout: '20 minutes',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** One document over one upload URL: about a quarter of an hour of tries, then a fresh URL is worth trying. */
export const uploading = proxyActivities<Pick<SigningActivities, 'uploadDocument'>>({
  ...attempt,
  startToCloseTimeout: '30 minutes',
  retry: {
    initialInterval: '2 seconds',
    backoffCoefficient: 3,
    maximumInterval: '5 minutes',
    maximumAttempts: 8,
  },
});

/** One callback. The pauses are the activity's own to say; these hold where a worker was lost during an attempt. */
export const delivering = proxyActivities<Pick<SigningActivities, 'deliverCallback'>>({
  // Above the 10 seconds that an attempt gives the CRM.
  startToCloseTimeout: '20 seconds',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 3, maximumInterval: '4 hours' },
});

/** The wait of the callbacks for a session that says nothing; the activity itself says when it looks again. */
export const watching = proxyActivities<Pick<SigningActivities, 'watchSession'>>({
  startToCloseTimeout: '1 minute',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '1 minute', backoffCoefficient: 2, maximumInterval: '1 hour' },
});

/** A look after the deadline, which the workflow repeats itself, for a bounded time. */
export const lookingLast = proxyActivities<Pick<SigningActivities, 'listDocuments'>>({
  ...attempt,
  retry: { maximumAttempts: 1 },
});

/** The wait for news; the activity itself says when the next look is due. One that was lost with its worker is taken again soon. */
export const polling = proxyActivities<Pick<SigningActivities, 'pollDocuments'>>({
  ...attempt,
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '1 minute', maximumInterval: '1 minute' },
});
