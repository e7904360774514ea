import { SMOOTH, type Fault, type Schedule } from './schedule.js';

/** A bug, as an edit of the bundled workflow, and the rule that it breaks. */
export interface PlantedBug {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly breaks: RegExp;
}

const UNCLEAR: Fault = { answer: 'unclear', effect: 'none' };

const ONCE = /^never two initiates/;
const ATTACHED = /attached (once|out of order)/;
const END = /^every end is a documented outcome/;
const AFTER_THE_END = /^never a call after the end/;
const STATUS = /^the status is always consistent/;
const MESSAGES = /^a message is accepted where it is possible/;

/** A bug with a schedule that shows it, made as small as it goes. */
export interface ShownBug extends PlantedBug {
  readonly schedule: Schedule;
}

/** Bugs of each kind that show wherever the workflow runs. */
export const COMMON_BUGS: readonly ShownBug[] = [
  {
    what: 'an unclear initiate is made again',
    before: "return 'unclear';\n    }",
    after: "return 'try-again';\n    }",
    breaks: ONCE,
    schedule: { ...SMOOTH, faults: { ...SMOOTH.faults, initiate: [UNCLEAR] } },
  },
  {
    what: 'the documents are attached from the last to the first',
    before: 'for (const document of session.status().documents) {\n        const { fileId, name }',
    after:
      'for (const document of [...session.status().documents].reverse()) {\n        const { fileId, name }',
    breaks: ATTACHED,
    schedule: { ...SMOOTH, documents: 2 },
  },
  {
    what: 'a single look decides that a file is not attached',
    before: "if (first !== 'did-not-happen')",
    after: 'if (first !== undefined)',
    breaks: ATTACHED,
    schedule: { ...SMOOTH, faults: { ...SMOOTH.faults, attach: [{ answer: 'unclear', effect: 'late' }] } },
  },
  {
    what: 'the session is handed over twice',
    before: 'await (0, hand_over_js_1.handOver)(session);',
    after: 'await (0, hand_over_js_1.handOver)(session); await (0, hand_over_js_1.handOver)(session);',
    breaks: /^the session is handed over once/,
    schedule: { ...SMOOTH, tenant: { ...SMOOTH.tenant, handsOver: true } },
  },
  {
    what: 'a cancelled session ends without a result',
    before: 'if (!life.consideredCancelled)',
    after: 'if (!alarm.rang)',
    breaks: END,
    schedule: {
      ...SMOOTH,
      happenings: [{ call: 0, moment: 'before-answer', laterMs: 0, happening: { what: 'cancel' } }],
    },
  },
  {
    what: 'a failed document is overlooked',
    before: 'if (has(exports.FAILED))',
    after: 'if (has(undefined))',
    breaks: END,
    schedule: {
      ...SMOOTH,
      documents: 2,
      deeds: [
        { afterMs: 0, deed: 'hand-over', document: 0 },
        { afterMs: 0, deed: 'fail', document: 0 },
        { afterMs: 0, deed: 'sign', document: 1 },
      ],
    },
  },
  {
    what: 'a human is asked and has no choice',
    before: 'attention: { step, reason, actions }',
    after: 'attention: { step, reason, actions: [] }',
    breaks: STATUS,
    schedule: { ...SMOOTH, faults: { ...SMOOTH.faults, initiate: [UNCLEAR] } },
  },
];

/** Bugs that show only to who sees every task of the workflow and can disturb it at every moment. */
export const HIDDEN_BUGS: readonly PlantedBug[] = [
  {
    what: 'an initiate whose worker was lost is made again, however far it had come',
    before: 'cause.lastHeartbeatDetails === undefined',
    after: 'true',
    breaks: ONCE,
  },
  {
    what: 'a decision leaves the state as it was',
    before: ': show({ state: before, attention: null })',
    after: ': show({ attention: null })',
    breaks: STATUS,
  },
  {
    what: 'an ending session goes on with its calls',
    before: 'function isEnding() {',
    after: 'function isEnding() { return false;',
    breaks: AFTER_THE_END,
  },
  {
    what: 'a decision is taken that is not possible',
    before: 'if (attention === null || attention.actions.length === 0) {',
    after: 'if (attention === null) return undefined;\n    if (attention.actions.length === 0) {',
    breaks: MESSAGES,
  },
  {
    what: 'a replay goes another way than the first run',
    before: 'Math.min(AT_ONCE, missing.length)',
    after: '(0, workflow_1.workflowInfo)().unsafe.isReplaying ? 1 : Math.min(AT_ONCE, missing.length)',
    breaks: /does not replay/,
  },
];

/** The bundle with a bug. @throws Error where the code has not exactly one place for it */
export function planted(code: string, { what, before, after }: PlantedBug): string {
  const parts = code.split(before);
  if (parts.length !== 2) throw new Error(`there are ${parts.length - 1} places for: ${what}`);
  return parts.join(after);
}
