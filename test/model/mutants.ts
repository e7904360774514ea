import { FAULTLESS_SCHEDULE, type Fault, type Schedule } from './schedule.js';

/** A bug, as an edit of the bundled workflow, and the rule that it breaks. */
export interface Mutant {
  readonly what: string;
  readonly original: string;
  readonly replacement: string;
  readonly violates: RegExp;
}

const UNKNOWN_OUTCOME: Fault = { answer: 'unknown-outcome', effect: 'none' };

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
export interface MutantWithSchedule extends Mutant {
  readonly schedule: Schedule;
}

/** Bugs of each kind that show wherever the workflow runs. */
export const COMMON_MUTANTS: readonly MutantWithSchedule[] = [
  {
    what: 'an unclear initiate is made again',
    original: "return 'unknown-outcome';\n    }",
    replacement: "return 'try-again';\n    }",
    violates: ONCE,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      faults: { ...FAULTLESS_SCHEDULE.faults, initiate: [UNKNOWN_OUTCOME] },
    },
  },
  {
    what: 'the documents are attached from the last to the first',
    original: 'for (const document of documents) {\n        const attached',
    replacement: 'for (const document of [...documents].reverse()) {\n        const attached',
    violates: ATTACHED,
    schedule: { ...FAULTLESS_SCHEDULE, documents: 2 },
  },
  {
    what: 'a single look decides that a file is not attached',
    original: 'for (const pause of pausesAfter(session, failure))',
    replacement: 'for (const pause of [])',
    violates: ATTACHED,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      faults: { ...FAULTLESS_SCHEDULE.faults, attach: [{ answer: 'unknown-outcome', effect: 'late' }] },
    },
  },
  {
    what: 'a name that the list has rewritten proves that a document is not attached',
    original:
      'left.filter(({ originalFileId, status }) => originalFileId === null || status !== outcome_js_1.DELETED)',
    replacement: 'left.filter(({ name }) => name === file.name)',
    violates: /attached (once|out of order)|^nothing is lost or doubled/,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      tenant: { ...FAULTLESS_SCHEDULE.tenant, listNamesFiles: false, listKeepsNames: false },
      faults: { ...FAULTLESS_SCHEDULE.faults, attach: [{ answer: 'unknown-outcome', effect: 'immediate' }] },
    },
  },
  {
    what: 'an empty answer that says yes is proof enough',
    original: 'const reason = call.unproven?.(result);',
    replacement: 'const reason = undefined;',
    violates: LOST,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      faults: { ...FAULTLESS_SCHEDULE.faults, attach: [{ answer: 'empty-success' }] },
    },
  },
  {
    what: 'the session is handed over twice',
    original: 'await (0, hand_over_js_1.handOver)(session);',
    replacement: 'await (0, hand_over_js_1.handOver)(session); await (0, hand_over_js_1.handOver)(session);',
    violates: /^the session is handed over once/,
    schedule: { ...FAULTLESS_SCHEDULE, tenant: { ...FAULTLESS_SCHEDULE.tenant, handsOver: true } },
  },
  {
    what: 'a cancelled session ends without a result',
    original: 'if (!life.consideredCancelled)',
    replacement: 'if (!alarm.rang)',
    violates: END,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      injections: [{ call: 0, moment: 'before-answer', laterMs: 0, injection: { type: 'cancel' } }],
    },
  },
  {
    what: 'a failed document is overlooked',
    original: 'if (has(exports.FAILED))',
    replacement: 'if (has(undefined))',
    violates: END,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      documents: 2,
      personActions: [
        { afterMs: 0, action: 'hand-over', document: 0 },
        { afterMs: 0, action: 'fail', document: 0 },
        { afterMs: 0, action: 'sign', document: 1 },
      ],
    },
  },
  {
    what: 'a human is asked and has no choice',
    original: '(reason, retryFrom) }), actions }',
    replacement: '(reason, retryFrom) }), actions: [] }',
    violates: STATUS,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      faults: { ...FAULTLESS_SCHEDULE.faults, initiate: [UNKNOWN_OUTCOME] },
    },
  },
];

/** Bugs that show only to who sees every task of the workflow and can disturb it at every moment. */
export const SUBTLE_MUTANTS: readonly Mutant[] = [
  {
    what: 'an attach that was given up is made again before it takes effect',
    original: '(0, call_failure_js_1.mayBeUnderWay)(failure)',
    replacement: 'false',
    violates: LOST,
  },
  {
    what: 'a file is attached whose time is over',
    original: 'isOver || (0, call_failure_js_1.isFileGone)',
    replacement: '(0, call_failure_js_1.isFileGone)',
    violates: /^no file is attached after its expiry/,
  },
  {
    what: 'an initiate whose worker was lost is made again, however far it had come',
    original: 'cause.lastHeartbeatDetails === undefined',
    replacement: 'true',
    violates: ONCE,
  },
  {
    what: 'a decision leaves the state as it was',
    original: 'leaveAttention = () => show({ state: before, attention: null })',
    replacement: 'leaveAttention = () => show({ attention: null })',
    violates: STATUS,
  },
  {
    what: 'an ending session goes on with its calls',
    original: 'function isEnding() {',
    replacement: 'function isEnding() { return false;',
    violates: AFTER_THE_END,
  },
  {
    what: 'a decision is taken that is not possible',
    original: 'if (attention === null || attention.actions.length === 0) {',
    replacement: 'if (attention === null) return undefined;\n    if (attention.actions.length === 0) {',
    violates: /^(a message is accepted where it is possible|the status is always consistent|every end is)/,
  },
  {
    what: 'a decision is taken that names another question than the open one, or none',
    original: 'if (attentionId === attention.id)',
    replacement: 'if (true)',
    violates: MESSAGES,
  },
  {
    what: 'a decision that is sent again answers the next question',
    original: 'if (closed.some(',
    replacement: 'if (false && closed.some(',
    violates: DOUBLED,
  },
  {
    what: 'an initiate that nobody answered is made again as soon as a human says so',
    original: 'now >= retryFrom',
    replacement: 'true',
    violates: ONCE,
  },
  {
    what: 'a replay goes another way than the first run',
    original: 'Math.min(AT_ONCE, documents.length)',
    replacement:
      '(0, workflow_1.workflowInfo)().unsafe.isReplaying ? 1 : Math.min(AT_ONCE, documents.length)',
    violates: /does not replay/,
  },
];

/**
 * A bug of the activities, which are no part of the bundle: they do not see that an operator has them tried again. The
 * schedule loses the worker of an initiate whose options were changed.
 */
export const ATTEMPT_BLIND_MUTANT = {
  violates: ONCE,
  schedule: {
    ...FAULTLESS_SCHEDULE,
    workerFaults: [{ attempt: 1, workerFault: 'worker-lost-after' }],
    injections: [{ call: 0, moment: 'before-effect', laterMs: 0, injection: { type: 'allow-attempts' } }],
  } satisfies Schedule,
};

/** The bundle with a bug. @throws Error where the code has not exactly one place for it */
export function applyMutant(code: string, { what, original, replacement }: Mutant): string {
  const parts = code.split(original);
  if (parts.length !== 2) throw new Error(`there are ${parts.length - 1} places for: ${what}`);
  return parts.join(replacement);
}
