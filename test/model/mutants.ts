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
/** A decision that is taken for another question does whatever that question was about. */
const DOUBLED_OR_INCONSISTENT = new RegExp(`${DOUBLED.source}|^the status is always consistent`);
const ATTACHED = /attached (once|out of order)|^nothing is lost or doubled/;
const LOST = /^nothing is lost or doubled/;
const END = /^every end is a documented outcome/;
const AFTER_THE_END = /^never a call after the end/;
const MESSAGES = /^a message is accepted where it is possible/;
const STATUS = /^the status is always consistent/;

/** A bug with a schedule that shows it, as small as possible. */
export interface MutantWithSchedule extends Mutant {
  readonly schedule: Schedule;
}

/** Bugs of each kind that show wherever the workflow runs. */
export const COMMON_MUTANTS: readonly MutantWithSchedule[] = [
  {
    what: 'an initiate with an unknown outcome is retried',
    original: "return 'unknown';\n    }",
    replacement: "return 'retry';\n    }",
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
    what: 'a single list decides that a file is not attached',
    original: 'const pauses = [...selectPauses(signing, failure)];',
    replacement: 'const pauses = [];',
    violates: ATTACHED,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      faults: { ...FAULTLESS_SCHEDULE.faults, attach: [{ answer: 'unknown-outcome', effect: 'late' }] },
    },
  },
  {
    what: 'a name that the list shows differently proves that a document is not attached',
    original:
      'unassigned.filter(({ originalFileId, status }) => originalFileId === null || status !== outcome_js_1.DELETED)',
    replacement: 'unassigned.filter(({ name }) => name === file.name)',
    violates: /attached (once|out of order)|^nothing is lost or doubled/,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      tenant: { ...FAULTLESS_SCHEDULE.tenant, listNamesFiles: false, listKeepsNames: false },
      faults: { ...FAULTLESS_SCHEDULE.faults, attach: [{ answer: 'unknown-outcome', effect: 'immediate' }] },
    },
  },
  {
    what: 'an empty successful response proves the effect',
    original: 'const reason = call.explainUnverified?.(result);',
    replacement: 'const reason = undefined;',
    violates: LOST,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      faults: { ...FAULTLESS_SCHEDULE.faults, attach: [{ answer: 'empty-success' }] },
    },
  },
  {
    what: 'the contract session is handed over twice',
    original: 'await (0, hand_over_js_1.handOver)(signing);',
    replacement: 'await (0, hand_over_js_1.handOver)(signing); await (0, hand_over_js_1.handOver)(signing);',
    violates: /^the session is handed over once/,
    schedule: { ...FAULTLESS_SCHEDULE, tenant: { ...FAULTLESS_SCHEDULE.tenant, handsOver: true } },
  },
  {
    what: 'a cancelled signing ends without a result',
    original: 'if (!mainScope.consideredCancelled)',
    replacement: 'if (!timer.isDeadlineReached)',
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
    what: 'a person must decide and has no action',
    original: '(reason, retryTime) }), actions }',
    replacement: '(reason, retryTime) }), actions: [] }',
    violates: STATUS,
    schedule: {
      ...FAULTLESS_SCHEDULE,
      faults: { ...FAULTLESS_SCHEDULE.faults, initiate: [UNKNOWN_OUTCOME] },
    },
  },
];

/** The server retries a call whose attempt has timed out, if an operator makes it. */
export const RETRYING_POLICY = {
  what: 'the policy lets the server retry a call whose worker was lost',
  original: "'TemporalTimeout:Heartbeat'",
  replacement: "'none'",
} as const;

/** Bugs that show only where every workflow task is seen and can be disturbed at every moment. */
export const SUBTLE_MUTANTS: readonly Mutant[] = [
  {
    what: 'an attach that timed out is retried before it takes effect',
    original: '(0, call_failure_js_1.mayStillBeRunning)(failure)',
    replacement: 'false',
    violates: LOST,
  },
  {
    what: 'a file is attached after the vendor has deleted it',
    original: 'isExpiring || (0, call_failure_js_1.isFileGoneStatus)',
    replacement: '(0, call_failure_js_1.isFileGoneStatus)',
    violates: /^no file is attached after its expiry/,
  },
  {
    what: 'an initiate whose worker was lost is retried, even after its heartbeat',
    original: 'cause.lastHeartbeatDetails === undefined',
    replacement: 'true',
    violates: ONCE,
  },
  {
    what: 'a decision leaves the state as it was',
    original: 'clearAttention = () => published.publish({ state: stateBefore, attention: null })',
    replacement: 'clearAttention = () => published.publish({ attention: null })',
    violates: STATUS,
  },
  {
    what: 'a signing that is ending goes on with its calls',
    original: 'function isCancelling() {',
    replacement: 'function isCancelling() { return false;',
    violates: AFTER_THE_END,
  },
  {
    what: 'an impossible decision is accepted',
    original: 'if (attention === null || attention.actions.length === 0) {',
    replacement: 'if (attention === null) return undefined;\n    if (attention.actions.length === 0) {',
    violates: /^(a message is accepted where it is possible|the status is always consistent|every end is)/,
  },
  {
    what: 'a decision is accepted that does not name the open attention',
    original: 'if (attentionId === attention.id)',
    replacement: 'if (true)',
    violates: MESSAGES,
  },
  {
    what: 'a repeated decision resolves the next attention',
    original: 'if (closedAttentions.some(',
    replacement: 'if (false && closedAttentions.some(',
    violates: DOUBLED_OR_INCONSISTENT,
  },
  {
    what: 'an unanswered initiate is retried as soon as a person decides so',
    original: 'now >= retryNotBefore',
    replacement: 'true',
    violates: ONCE,
  },
  {
    what: 'a replay takes another path than the first run',
    original: 'Math.min(retry_policies_js_1.UPLOAD_CONCURRENCY, documents.length)',
    replacement:
      '(0, workflow_1.workflowInfo)().unsafe.isReplaying ? 1 : Math.min(retry_policies_js_1.UPLOAD_CONCURRENCY, documents.length)',
    violates: /does not replay/,
  },
];

/**
 * A bug of the activities, which are outside the bundle: they do not see that an operator makes the server retry them. The
 * schedule loses the worker of an initiate whose options were changed.
 */
export const ATTEMPT_BLIND_MUTANT = {
  violates: ONCE,
  schedule: {
    ...FAULTLESS_SCHEDULE,
    workerFaults: [{ attempt: 1, workerFault: 'worker-lost-after' }],
    injections: [
      {
        call: 0,
        moment: 'before-effect',
        laterMs: 0,
        injection: { type: 'operator', action: 'allow-attempts' },
      },
    ],
  } satisfies Schedule,
};

/** The bundle with a bug. @throws Error where the code does not contain the original exactly once */
export function applyMutant(code: string, { what, original, replacement }: Omit<Mutant, 'violates'>): string {
  const parts = code.split(original);
  if (parts.length !== 2)
    throw new Error(
      `the bundle has ${parts.length - 1} occurrences of the original, instead of one: ${what}`,
    );
  return parts.join(replacement);
}
