/** The calls of the vendor's API, as the model names them. */
export const CALLS = ['initiate', 'upload-url', 'upload', 'attach', 'list', 'hand-over'] as const;
export type Call = (typeof CALLS)[number];

/** How one call fails; `null` is a call that works. */
export type Fault =
  | { readonly answer: 'not-sent' }
  | { readonly answer: 'refused'; readonly status: number; readonly retryAfterMs?: number }
  /**
   * A broken connection, or a status that leaves the effect unknown. `late`: the effect comes only after the next poll of the
   * documents.
   */
  | {
      readonly answer: 'unknown-outcome';
      readonly effect: 'none' | 'immediate' | 'late';
      readonly status?: number;
    }
  /** The call times out. `laterMs`: when it takes effect nevertheless; `null` for never. */
  | { readonly answer: 'no-response'; readonly laterMs: number | null }
  /** An empty success response, without an effect. */
  | { readonly answer: 'empty-success' }
  | { readonly answer: 'malformed-response' }
  /** The document's source fails in the middle of its upload. */
  | { readonly answer: 'document-changed' }
  | { readonly answer: 'document-unavailable'; readonly isTransient: boolean };

/**
 * A fault of an activity's attempt that the vendor does not cause. `worker-stalled`: an initiate begins only after the server
 * has given the attempt up.
 */
export const WORKER_FAULTS = [
  'worker-without-key', 'worker-lost-before', 'worker-lost-after', 'worker-stalled',
] as const; // prettier-ignore
export type WorkerFault = (typeof WORKER_FAULTS)[number];

/**
 * A person's decision. `honest`: according to the Dashboard, which shows all effects. `again`: the last decision once more.
 * `outdated`: a retry of an older attention. `unnamed`: a retry without an attentionId.
 */
export const DECISIONS = [
  'honest', 'abort', 'nonsense', 'again', 'outdated', 'unnamed', 'retry', 'adopt-own', 'adopt-filled', 'adopt-other-employee', 'adopt-taken', 'adopt-missing',
] as const; // prettier-ignore
export type Decision = (typeof DECISIONS)[number];

/** What the employee and the customer can do to a document at the vendor. */
export const PERSON_ACTIONS = ['hand-over', 'update', 'sign', 'fail', 'delete', 'odd-status'] as const;
export type PersonAction = (typeof PERSON_ACTIONS)[number];

/**
 * What an operator can do to all pending activities. `cleared`: with their heartbeat details. `allow-attempts` and
 * `shorten-timeout` change their options. `start-again`: a start under the same workflow id that ends the signing.
 */
export const OPERATOR_ACTIONS = [
  'reset', 'reset-cleared', 'allow-attempts', 'shorten-timeout', 'fail-by-hand', 'start-again',
] as const; // prettier-ignore
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

/** How a pause of activities ends. `unpause-cleared`: with their attempts and heartbeats reset. */
export const PAUSE_ENDS = [
  'unpause',
  'unpause-cleared',
  'reset',
  'reset-cleared',
  'reset-while-paused',
] as const;
export type PauseEnd = (typeof PAUSE_ENDS)[number];

/** An event that can happen at any moment. */
export type Injection =
  | { readonly type: 'checkNow' | 'cancel' }
  | { readonly type: 'decide'; readonly decision: Decision }
  | { readonly type: 'record'; readonly outcome: unknown }
  | { readonly type: 'person-action'; readonly action: PersonAction; readonly document: number }
  /** Infrastructure, for the simulated server only. */
  | { readonly type: 'evict' | 'suggest-continue-as-new' }
  | { readonly type: 'operator'; readonly action: OperatorAction }
  /** An operator pauses all pending activities, or the workflow, and later ends the pause. */
  | { readonly type: 'pause'; readonly forMs: number; readonly end: PauseEnd }
  | { readonly type: 'pause-workflow'; readonly forMs: number }
  | { readonly type: 'reset'; readonly tasks: number };

/** An injection at the n-th call to the vendor: before its effect, before its response, or some time after its start. */
export interface TimedInjection {
  readonly call: number;
  readonly moment: 'before-effect' | 'before-answer' | 'later';
  readonly laterMs: number;
  readonly injection: Injection;
}

/** The course of one signing. Each list is used up in order; after it everything works. */
export interface Schedule {
  readonly documents: number;
  readonly deadlineMs: number;
  readonly tenant: {
    readonly list: boolean;
    /** Whether the list has the file id of a document. */
    readonly listNamesFiles: boolean;
    readonly handsOver: boolean;
    readonly attachAnswers: boolean;
    /** Whether the list has the names as they were uploaded. */
    readonly listKeepsNames: boolean;
    /** How long the vendor keeps an unattached file, in milliseconds. */
    readonly fileLifetimeMs: number;
    /** Whether the response of an upload has that time. */
    readonly returnsFileExpiry: boolean;
  };
  /** Whether the documents pass the check; `gone-later`: only the first time. */
  readonly documentCheck: 'good' | 'unavailable-once' | 'gone-later' | 'bad';
  readonly faults: Readonly<Record<Call, readonly (Fault | null)[]>>;
  /** By the index of the attempt, over all activities. */
  readonly workerFaults: readonly { readonly attempt: number; readonly workerFault: WorkerFault }[];
  /** The decisions, one for each attention, and how long each takes. */
  readonly decisions: readonly { readonly afterMs: number; readonly decision: Decision }[];
  /** Whether some honest decisions follow when those are used up. */
  readonly hasHonestFallback: boolean;
  /** What employee and customer do once the signing waits for them. */
  readonly personActions: readonly {
    readonly afterMs: number;
    readonly action: PersonAction;
    readonly document: number;
  }[];
  readonly injections: readonly TimedInjection[];
  /** How long things take, in milliseconds; repeated when used up. */
  readonly delaysMs: readonly number[];
}

/** Whether all decisions are harmless, so that the vendor must end up with exactly the request. */
export function isHonest({ decisions, injections }: Schedule): boolean {
  const all = [
    ...decisions.map(({ decision }) => decision),
    ...injections.flatMap(({ injection }) => (injection.type === 'decide' ? injection.decision : [])),
  ];
  return all.every((decision) => HARMLESS_DECISIONS.includes(decision));
}

/** Decisions that do no harm: the true ones, and those that must change nothing. */
export const HARMLESS_DECISIONS: readonly Decision[] = [
  'honest',
  'abort',
  'nonsense',
  'again',
  'outdated',
  'unnamed',
];

/** A signing without faults; a test changes what it needs. */
export const FAULTLESS_SCHEDULE: Schedule = {
  documents: 1,
  deadlineMs: 24 * 60 * 60_000,
  tenant: {
    list: true,
    listNamesFiles: true,
    handsOver: false,
    attachAnswers: true,
    listKeepsNames: true,
    fileLifetimeMs: 31 * 24 * 60 * 60_000,
    returnsFileExpiry: true,
  },
  documentCheck: 'good',
  faults: { initiate: [], 'upload-url': [], upload: [], attach: [], list: [], 'hand-over': [] },
  workerFaults: [],
  decisions: [],
  hasHonestFallback: true,
  personActions: [],
  injections: [],
  delaysMs: [0],
};
