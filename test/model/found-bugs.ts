import type { ShownBug } from './planted-bugs.js';
import { SMOOTH } from './schedule.js';

const HOUR = 60 * 60_000;

/** Bugs that the model has found: how to put each back, and the schedule that shows it. */
export const FOUND_BUGS: readonly ShownBug[] = [
  {
    what: 'a cancellation is lost where a fresh run takes over',
    before: "end === 'continues' && life.consideredCancelled ? await stopped() : end",
    after: 'end',
    breaks: /^never a call after the end/,
    schedule: {
      ...SMOOTH,
      tenant: { ...SMOOTH.tenant, handsOver: true },
      happenings: [
        { call: 0, moment: 'before-effect', laterMs: 0, happening: { what: 'suggest-fresh-run' } },
        { call: 5, moment: 'before-answer', laterMs: 0, happening: { what: 'cancel' } },
      ],
    },
  },
  {
    what: 'a session that expires while a human’s word is checked forgets the contract session',
    before: 'session.remains ?? status.attention ?? session.doubt',
    after: 'session.remains ?? status.attention ?? undefined',
    breaks: /^nothing is lost or doubled/,
    schedule: {
      ...SMOOTH,
      deadlineMs: HOUR,
      faults: {
        ...SMOOTH.faults,
        initiate: [{ answer: 'unclear', effect: 'at-once' }],
        'upload-url': [{ answer: 'refused', status: 429, retryAfterMs: HOUR }],
      },
    },
  },
  {
    what: 'a call is made in the very task that brings a cancellation',
    before: 'scope; scope = scope.parent)',
    after: 'scope; scope = undefined)',
    breaks: /^never a call after the end/,
    schedule: {
      ...SMOOTH,
      faults: { ...SMOOTH.faults, initiate: [{ answer: 'not-sent' }] },
      // It comes while the task is due that the end of the pause brings.
      happenings: [{ call: 0, moment: 'later', laterMs: 1_007, happening: { what: 'cancel' } }],
      pace: [2],
    },
  },
  {
    what: 'after a reset, a file is uploaded again and attached beside its double',
    before: 'originalFileId === null || status !== outcome_js_1.DELETED',
    after: 'originalFileId === null',
    breaks: /attached (once|out of order)/,
    schedule: {
      ...SMOOTH,
      happenings: [{ call: 3, moment: 'later', laterMs: 1_000, happening: { what: 'reset', tasks: 3 } }],
    },
  },
  {
    what: 'who records an outcome while the session is cancelled is not told what is possible',
    before: 'nonCancellable(() => (0, workflow_1.condition)(seen',
    after: 'cancellable(() => (0, workflow_1.condition)(seen',
    breaks: /^a message is accepted where it is possible/,
    schedule: {
      ...SMOOTH,
      happenings: [
        { call: 4, moment: 'before-effect', laterMs: 0, happening: { what: 'cancel' } },
        {
          call: 4,
          moment: 'before-effect',
          laterMs: 0,
          happening: { what: 'record', outcome: { outcome: 'completed' } },
        },
      ],
    },
  },
];
