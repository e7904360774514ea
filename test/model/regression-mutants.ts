import { type MutantWithSchedule, RETRYING_POLICY } from './mutants.js';
import { FAULTLESS_SCHEDULE, type OperatorAction, type Schedule, type TimedInjection } from './schedule.js';

const HOUR = 60 * 60_000;
const ONCE = /^never two initiates/;

/** An operator allows more attempts of an initiate in flight, and its worker is lost. */
const loseRetriedInitiate = (
  workerFaults: Schedule['workerFaults'],
  injections: readonly TimedInjection[] = [],
): Schedule => ({
  ...FAULTLESS_SCHEDULE,
  workerFaults: [{ attempt: 1, workerFault: 'worker-lost-after' }, ...workerFaults],
  injections: [operateDuringInitiate('allow-attempts'), ...injections],
});

const operateDuringInitiate = (action: OperatorAction, laterMs = 0): TimedInjection => ({
  call: 0,
  moment: 'later',
  laterMs,
  injection: { type: 'operator', action },
});

/** Between the heartbeat timeout and the next attempt. */
const BETWEEN_ATTEMPTS_MS = 30_500;

/** Bugs that the model has found: an edit that restores each, and the schedule that shows it. */
export const REGRESSION_MUTANTS: readonly MutantWithSchedule[] = [
  {
    what: 'a cancellation is lost where the next run continues',
    original: "end === 'continue-as-new' && mainScope.consideredCancelled ? await endStopped() : end",
    replacement: 'end',
    violates: /^never a call after the end/,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      tenant: { ...FAULTLESS_SCHEDULE.tenant, handsOver: true },
      injections: [
        { call: 0, moment: 'before-effect', laterMs: 0, injection: { type: 'suggest-continue-as-new' } },
        { call: 5, moment: 'before-answer', laterMs: 0, injection: { type: 'cancel' } },
      ],
    },
  },
  {
    what: 'a signing that expires while an adoption is checked forgets the contract session',
    original: 'signing.leftovers ?? signing.status().attention ?? signing.unknownOutcome',
    replacement: 'signing.leftovers ?? signing.status().attention ?? undefined',
    violates: /^nothing is lost or doubled/,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      deadlineMs: HOUR,
      faults: {
        ...FAULTLESS_SCHEDULE.faults,
        initiate: [{ answer: 'unknown-outcome', effect: 'immediate' }],
        'upload-url': [{ answer: 'refused', status: 429, retryAfterMs: HOUR }],
      },
    },
  },
  {
    what: 'a call is made in the workflow task that brings a cancellation',
    original: 'scope; scope = scope.parent)',
    replacement: 'scope; scope = undefined)',
    violates: /^never a call after the end/,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      faults: { ...FAULTLESS_SCHEDULE.faults, initiate: [{ answer: 'not-sent' }] },
      // It comes while the workflow task for the end of the pause is due.
      injections: [{ call: 0, moment: 'later', laterMs: 1_007, injection: { type: 'cancel' } }],
      delaysMs: [2],
    },
  },
  {
    what: 'after a reset, a file is uploaded again and attached a second time',
    original: 'originalFileId === null || status !== outcome_js_1.DELETED',
    replacement: 'originalFileId === null',
    violates: /attached (once|out of order)/,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      injections: [{ call: 3, moment: 'later', laterMs: 1_000, injection: { type: 'reset', tasks: 3 } }],
    },
  },
  {
    what: 'a caller who records an outcome while the signing is cancelled gets no rejection',
    original: 'nonCancellable(() => (0, workflow_1.condition)(isReady',
    replacement: 'cancellable(() => (0, workflow_1.condition)(isReady',
    violates: /^a message is accepted where it is possible/,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      injections: [
        { call: 4, moment: 'before-effect', laterMs: 0, injection: { type: 'cancel' } },
        {
          call: 4,
          moment: 'before-effect',
          laterMs: 0,
          injection: { type: 'record', outcome: { outcome: 'completed' } },
        },
      ],
    },
  },
  {
    ...RETRYING_POLICY,
    what: 'a lost initiate is made again after a reset with its heartbeats',
    violates: ONCE,
    schedule: loseRetriedInitiate([], [operateDuringInitiate('reset-cleared', BETWEEN_ATTEMPTS_MS)]),
  },
  {
    ...RETRYING_POLICY,
    what: 'a lost initiate is made again if its next worker lacks the payload key',
    violates: ONCE,
    schedule: loseRetriedInitiate([{ attempt: 2, workerFault: 'worker-without-key' }]),
  },
  {
    ...RETRYING_POLICY,
    what: 'a lost initiate whose heartbeats were reset is made again if its next worker is lost too',
    violates: ONCE,
    schedule: loseRetriedInitiate(
      [{ attempt: 2, workerFault: 'worker-lost-before' }],
      [operateDuringInitiate('reset-cleared')],
    ),
  },
  {
    what: 'an operator who lets the check of an adoption fail ends the signing',
    original:
      '.catch((error) => `could not be checked (${(0, step_failure_js_1.toStepFailure)(error).message})`)',
    replacement: '',
    violates: /^every end is a documented outcome/,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      faults: {
        ...FAULTLESS_SCHEDULE.faults,
        initiate: [{ answer: 'unknown-outcome', effect: 'immediate' }],
      },
      injections: [
        {
          call: 1,
          moment: 'before-effect',
          laterMs: 0,
          injection: { type: 'operator', action: 'fail-by-hand' },
        },
      ],
    },
  },
];
