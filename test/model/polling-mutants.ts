import type { MutantWithSchedule } from './mutants.js';
import { FAULTLESS_SCHEDULE, type Fault } from './schedule.js';

const HOUR = 60 * 60_000;

const REFUSED: Fault = { answer: 'refused', status: 401 };
const MISSING: Fault = { answer: 'refused', status: 404 };

const END = /^every end is a documented outcome/;
const LOOKS = /^a waiting signing keeps polling/;

/** Bugs of the wait for signatures, each with the schedule that shows it. */
export const POLLING_MUTANTS: readonly MutantWithSchedule[] = [
  {
    what: 'the deadline takes no last look',
    original: 'const mayBeSigned = sessionId !== null &&',
    replacement: 'const mayBeSigned = false &&',
    violates: END,
    schedule: { ...FAULTLESS_SCHEDULE, deadlineMs: HOUR },
  },
  {
    what: 'a result does not say that every last look has failed',
    original: 'const unknown = trouble === undefined',
    replacement: 'const unknown = true',
    violates: END,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      deadlineMs: HOUR,
      faults: { ...FAULTLESS_SCHEDULE.faults, list: [null, ...Array.from({ length: 6 }, () => REFUSED)] },
    },
  },
  {
    what: 'a passing 404 ends all looking',
    original: 'const patient = session.listWorks === false;',
    replacement:
      'const patient = session.listWorks === false; if (patient) { await (0, workflow_1.condition)(hinted); return true; }',
    violates: LOOKS,
    schedule: { ...FAULTLESS_SCHEDULE, faults: { ...FAULTLESS_SCHEDULE.faults, list: [MISSING] } },
  },
  {
    what: 'a session that asks a human does not look',
    original: 'for (let atOnce = false;; atOnce = true) {',
    replacement: 'for (let atOnce = false;; atOnce = true) { return false;',
    violates: LOOKS,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      hasHonestFallback: false,
      faults: { ...FAULTLESS_SCHEDULE.faults, list: [null, REFUSED, REFUSED] },
    },
  },
  {
    what: 'a session that was started over is rejected where its documents are gone',
    original: 'if (!(0, start_rules_js_1.isStartedOver)())',
    replacement: 'if (true)',
    violates: END,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      documentCheck: 'gone-later',
      injections: [{ call: 3, moment: 'later', laterMs: HOUR, injection: { type: 'reset', tasks: 6 } }],
    },
  },
];
