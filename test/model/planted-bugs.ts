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
const DOUBLED =
  /^(never two initiates|each document is attached once|the session is handed over once|nothing is lost or doubled)/;
const ATTACHED = /attached (once|out of order)|^nothing is lost or doubled/;
const LOST = /^nothing is lost or doubled/;
const END = /^every end is a documented outcome/;
const AFTER_THE_END = /^never a call after the end/;
const MESSAGES = /^a message is accepted where it is possible/;
const STATUS = /^the status is always consistent/;

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
    before: 'for (const document of documents) {\n        const attached',
    after: 'for (const document of [...documents].reverse()) {\n        const attached',
    breaks: ATTACHED,
    schedule: { ...SMOOTH, documents: 2 },
  },
  {
    what: 'a single look decides that a file is not attached',
    before: 'for (const pause of pausesAfter(session, failure))',
    after: 'for (const pause of [])',
    breaks: ATTACHED,
    schedule: { ...SMOOTH, faults: { ...SMOOTH.faults, attach: [{ answer: 'unclear', effect: 'late' }] } },
  },
  {
    what: 'a name that the list has rewritten proves that a document is not attached',
    before:
      'left.filter(({ originalFileId, status }) => originalFileId === null || status !== outcome_js_1.DELETED)',
    after: 'left.filter(({ name }) => name === file.name)',
    breaks: /attached (once|out of order)|^nothing is lost or doubled/,
    schedule: {
      ...SMOOTH,
      tenant: { ...SMOOTH.tenant, listNamesFiles: false, listKeepsNames: false },
      faults: { ...SMOOTH.faults, attach: [{ answer: 'unclear', effect: 'at-once' }] },
    },
  },
  {
    what: 'an empty answer that says yes is proof enough',
    before: 'const reason = call.unproven?.(result);',
    after: 'const reason = undefined;',
    breaks: LOST,
    schedule: { ...SMOOTH, faults: { ...SMOOTH.faults, attach: [{ answer: 'empty-yes' }] } },
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
    before: '(reason, retryFrom) }), actions }',
    after: '(reason, retryFrom) }), actions: [] }',
    breaks: STATUS,
    schedule: { ...SMOOTH, faults: { ...SMOOTH.faults, initiate: [UNCLEAR] } },
  },
];

/** Bugs that show only to who sees every task of the workflow and can disturb it at every moment. */
export const HIDDEN_BUGS: readonly PlantedBug[] = [
  {
    what: 'an attach that was given up is made again before it takes effect',
    before: '(0, call_failure_js_1.mayBeUnderWay)(failure)',
    after: 'false',
    breaks: LOST,
  },
  {
    what: 'a file is attached whose time is over',
    before: 'isOver || (0, call_failure_js_1.isFileGone)',
    after: '(0, call_failure_js_1.isFileGone)',
    breaks: /^no file is attached after its time/,
  },
  {
    what: 'an initiate whose worker was lost is made again, however far it had come',
    before: 'cause.lastHeartbeatDetails === undefined',
    after: 'true',
    breaks: ONCE,
  },
  {
    what: 'a decision leaves the state as it was',
    before: 'leaveAttention = () => show({ state: before, attention: null })',
    after: 'leaveAttention = () => show({ attention: null })',
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
    breaks: /^(a message is accepted where it is possible|the status is always consistent|every end is)/,
  },
  {
    what: 'a decision is taken that names another question than the open one, or none',
    before: 'if (attentionId === attention.id)',
    after: 'if (true)',
    breaks: MESSAGES,
  },
  {
    what: 'a decision that is sent again answers the next question',
    before: 'if (closed.some(',
    after: 'if (false && closed.some(',
    breaks: DOUBLED,
  },
  {
    what: 'an initiate that nobody answered is made again as soon as a human says so',
    before: 'now >= retryFrom',
    after: 'true',
    breaks: ONCE,
  },
  {
    what: 'a replay goes another way than the first run',
    before: 'Math.min(AT_ONCE, documents.length)',
    after: '(0, workflow_1.workflowInfo)().unsafe.isReplaying ? 1 : Math.min(AT_ONCE, documents.length)',
    breaks: /does not replay/,
  },
];

/**
 * A bug of the activities, which are no part of the bundle: they do not see that an operator has them tried again. The
 * schedule loses the worker of an initiate whose options were changed.
 */
export const BLIND_ACTIVITIES = {
  breaks: ONCE,
  schedule: {
    ...SMOOTH,
    mishaps: [{ attempt: 1, mishap: 'worker-lost-after' }],
    happenings: [{ call: 0, moment: 'before-effect', laterMs: 0, happening: { what: 'allow-attempts' } }],
  } satisfies Schedule,
};

/** The bundle with a bug. @throws Error where the code has not exactly one place for it */
export function planted(code: string, { what, before, after }: PlantedBug): string {
  const parts = code.split(before);
  if (parts.length !== 2) throw new Error(`there are ${parts.length - 1} places for: ${what}`);
  return parts.join(after);
}
