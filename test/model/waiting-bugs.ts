import type { ShownBug } from './planted-bugs.js';
import { SMOOTH, type Fault } from './schedule.js';

const HOUR = 60 * 60_000;

const REFUSED: Fault = { answer: 'refused', status: 401 };
const MISSING: Fault = { answer: 'refused', status: 404 };

const END = /^every end is a documented outcome/;
const LOOKS = /^a session that waits goes on looking/;

/** Bugs of the wait for signatures, each with the schedule that shows it. */
export const WAITING_BUGS: readonly ShownBug[] = [
  {
    what: 'the deadline takes no last look',
    before: 'const mayBeSigned = sessionId !== null &&',
    after: 'const mayBeSigned = false &&',
    breaks: END,
    schedule: { ...SMOOTH, deadlineMs: HOUR },
  },
  {
    what: 'a result does not say that every last look has failed',
    before: 'const unknown = trouble === undefined',
    after: 'const unknown = true',
    breaks: END,
    schedule: {
      ...SMOOTH,
      deadlineMs: HOUR,
      faults: { ...SMOOTH.faults, list: [null, ...Array.from({ length: 6 }, () => REFUSED)] },
    },
  },
  {
    what: 'a passing 404 ends all looking',
    before: 'const patient = session.listWorks === false;',
    after:
      'const patient = session.listWorks === false; if (patient) { await (0, workflow_1.condition)(hinted); return true; }',
    breaks: LOOKS,
    schedule: { ...SMOOTH, faults: { ...SMOOTH.faults, list: [MISSING] } },
  },
  {
    what: 'a session that asks a human does not look',
    before: 'for (let atOnce = false;; atOnce = true) {',
    after: 'for (let atOnce = false;; atOnce = true) { return false;',
    breaks: LOOKS,
    schedule: {
      ...SMOOTH,
      somebodyStays: false,
      faults: { ...SMOOTH.faults, list: [null, REFUSED, REFUSED] },
    },
  },
  {
    what: 'a session that was started over is rejected where its documents are gone',
    before: 'if (!(0, start_rules_js_1.isStartedOver)())',
    after: 'if (true)',
    breaks: END,
    schedule: {
      ...SMOOTH,
      checked: 'gone-later',
      happenings: [{ call: 3, moment: 'later', laterMs: HOUR, happening: { what: 'reset', tasks: 6 } }],
    },
  },
];
