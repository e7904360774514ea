import type { MutantWithSchedule } from './mutants.js';
import { FAULTLESS_SCHEDULE, type Fault } from './schedule.js';

const HOUR = 60 * 60_000;

const REFUSED: Fault = { answer: 'refused', status: 401 };
const MISSING: Fault = { answer: 'refused', status: 404 };

const END = /^every end is a documented outcome/;
const POLLS = /^a waiting signing keeps polling/;

/** Bugs of the wait for signatures, each with the schedule that shows it. */
export const POLLING_MUTANTS: readonly MutantWithSchedule[] = [
  {
    what: 'no last poll follows the deadline',
    original: 'const mayBeSigned = sessionId !== null &&',
    replacement: 'const mayBeSigned = false &&',
    violates: END,
    schedule: { ...FAULTLESS_SCHEDULE, deadlineMs: HOUR },
  },
  {
    what: 'a result does not say that every last poll has failed',
    original: 'const unknown = pollFailure === undefined',
    replacement: 'const unknown = true',
    violates: END,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      deadlineMs: HOUR,
      faults: { ...FAULTLESS_SCHEDULE.faults, list: [null, ...Array.from({ length: 6 }, () => REFUSED)] },
    },
  },
  {
    what: 'a transient 404 ends all polling',
    original: 'const toleratesFailures = signing.listWorks === false;',
    replacement:
      'const toleratesFailures = signing.listWorks === false; if (toleratesFailures) { await (0, workflow_1.condition)(pollRequested); return true; }',
    violates: POLLS,
    schedule: { ...FAULTLESS_SCHEDULE, faults: { ...FAULTLESS_SCHEDULE.faults, list: [MISSING] } },
  },
  {
    what: 'a signing that waits for a decision does not poll',
    original: 'for (let pollImmediately = false;; pollImmediately = true) {',
    replacement: 'for (let pollImmediately = false;; pollImmediately = true) { return false;',
    violates: POLLS,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      hasHonestFallback: false,
      faults: { ...FAULTLESS_SCHEDULE.faults, list: [null, REFUSED, REFUSED] },
    },
  },
  {
    what: 'a signing that was started over is rejected where its documents are gone',
    original: 'if (!(0, start_guard_js_1.isReset)())',
    replacement: 'if (true)',
    violates: END,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      documentCheck: 'gone-later',
      injections: [{ call: 3, moment: 'later', laterMs: HOUR, injection: { type: 'reset', tasks: 6 } }],
    },
  },
];
