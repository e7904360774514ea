/** The calls of the vendor's API, as the model names them. */
export const CALLS = ['initiate', 'upload-url', 'upload', 'attach', 'list', 'hand-over'] as const;
export type Call = (typeof CALLS)[number];

/** What goes wrong with one call; `null` is a call that works. */
export type Fault =
  | { readonly answer: 'not-sent' }
  | { readonly answer: 'refused'; readonly status: number; readonly retryAfterMs?: number }
  /**
   * No answer that can be read, or one with a status that leaves the effect open. `late`: the effect comes only after the
   * next look at the documents.
   */
  | { readonly answer: 'unclear'; readonly effect: 'none' | 'at-once' | 'late'; readonly status?: number }
  /** No answer for so long that the call is given up. `laterMs`: when it takes effect all the same; `null` for never. */
  | { readonly answer: 'silence'; readonly laterMs: number | null }
  /** An empty answer that says yes, of a call that has no effect. */
  | { readonly answer: 'empty-yes' }
  | { readonly answer: 'not-understood' }
  /** The document's source fails in the middle of its upload. */
  | { readonly answer: 'document-changed' }
  | { readonly answer: 'document-unavailable'; readonly passing: boolean };

/** What happens to an attempt of an activity, other than by the vendor. */
export type WorkerFault = 'worker-without-key' | 'worker-lost-before' | 'worker-lost-after';

/**
 * What a human says who is asked. `honest`: after a look into the Dashboard, which shows all that has happened. `again`:
 * what was sent last, once more. `outdated`: a retry of an older question. `unnamed`: a retry of no question.
 */
export const DECISIONS = [
  'honest', 'abort', 'nonsense', 'again', 'outdated', 'unnamed', 'retry', 'adopt-own', 'adopt-filled', 'adopt-other-employee', 'adopt-taken', 'adopt-missing',
] as const; // prettier-ignore
export type Decision = (typeof DECISIONS)[number];

/** What becomes of a document at the vendor by the hands of employee and customer. */
export const PERSON_ACTIONS = ['hand-over', 'update', 'sign', 'fail', 'delete', 'odd-status'] as const;
export type PersonAction = (typeof PERSON_ACTIONS)[number];

/** What can happen at any moment. */
export type Injection =
  | { readonly what: 'checkNow' | 'cancel' }
  | { readonly what: 'decide'; readonly decision: Decision }
  | { readonly what: 'record'; readonly outcome: unknown }
  | { readonly what: 'deed'; readonly deed: PersonAction; readonly document: number }
  /** Infrastructure: only the simulated server knows these. */
  | { readonly what: 'evict' | 'suggest-fresh-run' }
  /** An operator allows the activities that are pending more attempts. */
  | { readonly what: 'allow-attempts' }
  | { readonly what: 'reset'; readonly tasks: number };

/** A happening at the n-th call to the vendor: before its effect, before its answer, or some time after it began. */
export interface TimedInjection {
  readonly call: number;
  readonly moment: 'before-effect' | 'before-answer' | 'later';
  readonly laterMs: number;
  readonly injection: Injection;
}

/** All that is arbitrary about the course of one signing. What is listed is used up in turn; after it everything works. */
export interface Schedule {
  readonly documents: number;
  readonly deadlineMs: number;
  readonly tenant: {
    readonly list: boolean;
    /** Whether the list names the uploaded file of a document. */
    readonly listNamesFiles: boolean;
    readonly handsOver: boolean;
    readonly attachAnswers: boolean;
    /** Whether the list has the names as they were uploaded. */
    readonly listKeepsNames: boolean;
    /** How long an uploaded file is kept until it is attached, in milliseconds. */
    readonly keepsFilesMs: number;
    /** Whether the answer of an upload says so. */
    readonly tellsFileLife: boolean;
  };
  /** Whether the documents pass the check; `gone-later`: the first time alone. */
  readonly documentCheck: 'good' | 'unavailable-once' | 'gone-later' | 'bad';
  readonly faults: Readonly<Record<Call, readonly (Fault | null)[]>>;
  /** By the number of the attempt, counted over all activities. */
  readonly workerFaults: readonly { readonly attempt: number; readonly mishap: WorkerFault }[];
  /** What humans say, each time they are asked, and how long they take. */
  readonly decisions: readonly { readonly afterMs: number; readonly decision: Decision }[];
  /** Whether somebody honest takes over when those decisions are used up, for a while. */
  readonly hasHonestFallback: boolean;
  /** What employee and customer do once the session waits for them. */
  readonly personActions: readonly {
    readonly afterMs: number;
    readonly deed: PersonAction;
    readonly document: number;
  }[];
  readonly injections: readonly TimedInjection[];
  /** How long things take, in milliseconds, used over and over. */
  readonly delaysMs: readonly number[];
}

/** Nobody lies: so the vendor must end up with exactly what was asked for. */
export function isHonest({ decisions, injections }: Schedule): boolean {
  const said = [
    ...decisions.map(({ decision }) => decision),
    ...injections.flatMap(({ injection }) => (injection.what === 'decide' ? injection.decision : [])),
  ];
  return said.every((decision) => HARMLESS_DECISIONS.includes(decision));
}

/** What may be said without any harm: the truth, and what must change nothing. */
export const HARMLESS_DECISIONS: readonly Decision[] = [
  'honest',
  'abort',
  'nonsense',
  'again',
  'outdated',
  'unnamed',
];

/** A signing in which nothing goes wrong, to be changed where a test wants something else. */
export const FAULTLESS_SCHEDULE: Schedule = {
  documents: 1,
  deadlineMs: 24 * 60 * 60_000,
  tenant: {
    list: true,
    listNamesFiles: true,
    handsOver: false,
    attachAnswers: true,
    listKeepsNames: true,
    keepsFilesMs: 31 * 24 * 60 * 60_000,
    tellsFileLife: true,
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
