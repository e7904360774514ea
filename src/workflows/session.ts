import {
  condition,
  setCurrentDetails,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import type { SessionRef } from '../activities/session-ref.js';
import type { SigningRequest } from '../domain/request.js';
import {
  refuseResolution,
  withRetryFrom,
  type ClosedQuestion,
  type RecordedOutcome,
  type Resolution,
} from '../domain/resolution.js';
import type {
  Action,
  Attention,
  DocumentState,
  FinalState,
  OpenState,
  SigningStatus,
  Step,
} from '../domain/status.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import { describe } from './details.js';
import { searchAttributes } from './messages.js';
import { countAttention } from './metrics.js';
import { createCallbackTeller, type CallbackTeller } from './tell-callbacks.js';

const DAY_MS = 24 * 60 * 60_000;

/** A decision on an older question is refused like one on a question that never was. */
const CLOSED_QUESTIONS_KEPT = 100;

/** A human has ended the session; caught where the session ends. */
export class SessionAborted extends Error {
  override readonly name = 'SessionAborted';
}

/** What a session that goes on in a fresh run takes along. */
export interface Carried {
  readonly status: SigningStatus;
  readonly handedOver: boolean;
  readonly listWorks: boolean | undefined;
  /** Absent where nobody was told of anything yet. */
  readonly callbacks?: true | undefined;
  /** So that a decision that is sent once more is known also in the fresh run. */
  readonly closedQuestions: readonly ClosedQuestion[];
}

/** The state of one signing: what is known, who waits for whom, and what the world is shown of it. */
export interface Session {
  readonly request: SigningRequest;
  readonly deadline: number;
  readonly status: () => SigningStatus;
  /** Enters a state of the lifecycle and shows it. */
  enter(state: OpenState, known?: Partial<Pick<SigningStatus, 'sessionId' | 'documents'>>): void;
  /** Takes over what is now known of a document. */
  learn(name: string, news: Partial<DocumentState>): void;
  /**
   * Ends in a final state. What remains, a reason or a doubt that is still open stays to be read, with no action left.
   * `rejected`: the request was at fault.
   */
  finish(state: FinalState, rejected?: boolean): SigningStatus;
  /**
   * Asks a human a new question, and waits for the decision. A `retry` is refused before `retryFrom` (milliseconds since
   * 1970), and the reason says so. @throws SessionAborted
   */
  park(step: Step, reason: string, actions: readonly Action[], retryFrom?: number): Promise<Resolution>;
  /** Why this decision cannot be taken now, in one sentence; `undefined` when it can. */
  refusal(decision: unknown): string | undefined;
  /** Closes the open question, and goes back to the state before. What was asked stays as a doubt. */
  withdrawQuestion(): void;
  /** Takes the decision, and at once leaves the state it ends. The one that closed its question changes nothing. */
  resolve(resolution: Resolution): SigningStatus;
  /** Closes the open question without a decision: the step goes on as after a retry. */
  goOn(): SigningStatus;
  readonly closedQuestions: () => readonly ClosedQuestion[];
  /** What messages have left for the wait: hints count up and are never reset, as they can come before their time. */
  hints: number;
  recorded: RecordedOutcome | undefined;
  /** Takes a human's record, and at once leaves a state that waited for another decision. */
  record(outcome: RecordedOutcome): SigningStatus;
  /** Shows, in the Temporal UI and by a query, why a call is repeated; null once it is not. */
  showFailure(reason: string | null): void;
  readonly lastFailure: () => string | null;
  /** A call that may have had its effect, as long as that is not settled. */
  doubt: Pick<Attention, 'step' | 'reason'> | undefined;
  /** What an end leaves at the vendor, and what is not known of it. */
  remains: Pick<Attention, 'step' | 'reason'> | undefined;
  /** Whether the list call has answered for this session; `false` while it seems to be missing. */
  listWorks: boolean | undefined;
  handedOver: boolean;
  /** The run of which it is known that no run before it has made a call about this contract session. */
  knownRun: string;
  /** The run that has waited long enough for the calls of the run before it to take effect; undefined where none has. */
  quietRun: string | undefined;
  /** Until when the vendor keeps an uploaded file, by the document's name, in milliseconds since 1970; absent where unknown. */
  readonly keptUntil: Map<string, number>;
  /** The documents as the vendor listed them last while the session waits. */
  listed: readonly VendorDocument[] | undefined;
  /** What the list of documents leaves open (domain/list-question.ts), as a human was asked it last. */
  question: string | undefined;
  /** Whether a list has shown every attached document, or a human was asked about those that it did not show. */
  allListed: boolean;
  /** Takes what a list leaves open; `true` where a human has not been asked it yet. */
  isNewQuestion(question: string | undefined): question is string;
  readonly callbacks: CallbackTeller;
}

/** The contract session as the calls about it know it. */
export function contractSession({ request, status }: Session): SessionRef {
  const { employeeId, participants } = request;
  return { employeeId, participants, sessionId: status().sessionId ?? 0 };
}

/** Opens a session: a new one, or one that is carried on from the run before. */
export function openSession(request: SigningRequest, carried?: Carried): Session {
  let status = carried?.status ?? initialStatus(request);
  let before = status.state;
  let resolution: Resolution | undefined;
  let retryPossibleFrom: number | undefined;
  let closed = carried?.closedQuestions ?? [];

  let lastFailure: string | null = null;

  const callbacks = createCallbackTeller(request, carried?.callbacks);
  const showDetails = (): void => {
    setCurrentDetails(describe(status, session.listWorks, lastFailure));
  };

  const show = (change: Partial<SigningStatus>, rejected = false): SigningStatus => {
    const shown = status;
    status = { ...status, ...change, updatedAt: new Date().toISOString() };
    const news = newAttributes(status, shown.state);
    if (news.length > 0) upsertSearchAttributes(news);
    showDetails();
    callbacks.tell(shown, status, rejected);
    return status;
  };

  const close = (question: ClosedQuestion, goesOn: Resolution): void => {
    closed = [...closed, question].slice(-CLOSED_QUESTIONS_KEPT);
    resolution = goesOn;
  };
  const leaveAttention = (): SigningStatus => show({ state: before, attention: null });

  const session: Session = {
    request,
    deadline: Date.parse(status.deadline),
    status: () => status,
    enter: (state, known = {}) => {
      if (state !== status.state || Object.keys(known).length > 0) show({ state, ...known });
    },
    learn: (name, news) => {
      const documents = status.documents.map((document) =>
        document.name === name ? { ...document, ...news } : document,
      );
      show({ documents });
    },
    finish: (state, rejected) => {
      const open = session.remains ?? status.attention ?? session.doubt;
      const attention = open === undefined ? null : { ...question(open), ...open, actions: [] };
      return show({ state, attention }, rejected);
    },
    park: async (step, reason, actions, retryFrom) => {
      before = status.state;
      resolution = undefined;
      retryPossibleFrom = retryFrom;
      const attention = { ...question({ step, reason: withRetryFrom(reason, retryFrom) }), actions };
      show({ state: 'needs-attention', attention });
      countAttention(step);
      await condition(() => resolution !== undefined);
      return accepted(resolution);
    },
    refusal: (decision) =>
      refuseResolution(decision, {
        attention: status.attention,
        closed,
        retryFrom: retryPossibleFrom,
        now: Date.now(),
      }),
    withdrawQuestion: () => {
      if (status.attention === null) return;
      const { id, step, reason } = status.attention;
      session.doubt = { step, reason };
      closed = [...closed, { attentionId: id, action: null }];
      leaveAttention();
    },
    resolve: (decided) => {
      if (closed.some(({ attentionId }) => attentionId === decided.attentionId)) return status;
      close(decided, decided);
      return decided.action === 'abort'
        ? show({ attention: aborted(status.attention, decided.reason) })
        : leaveAttention();
    },
    goOn: () => {
      // An abort that came just before stays what it is.
      if (status.attention === null || status.attention.actions.length === 0) return status;
      const attentionId = status.attention.id;
      close({ attentionId, action: null }, { attentionId, action: 'retry' });
      return leaveAttention();
    },
    closedQuestions: () => closed,
    hints: 0,
    recorded: undefined,
    record: (outcome) => {
      session.recorded = outcome;
      return session.goOn();
    },
    showFailure: (reason) => {
      lastFailure = reason;
      showDetails();
    },
    lastFailure: () => lastFailure,
    doubt: undefined,
    remains: undefined,
    listWorks: carried?.listWorks,
    handedOver: carried?.handedOver ?? false,
    knownRun: workflowInfo().firstExecutionRunId,
    quietRun: undefined,
    keptUntil: new Map(),
    listed: undefined,
    question: undefined,
    allListed: carried !== undefined,
    isNewQuestion: (question): question is string => {
      const isNew = question !== undefined && question !== session.question;
      session.question = question;
      return isNew;
    },
    callbacks,
  };
  showDetails();
  return session;
}

/** A new question with an id that no other has: those of a run that was started over differ from those before. */
function question({ step, reason }: Pick<Attention, 'step' | 'reason'>): Omit<Attention, 'actions'> {
  return { id: `${step}-${uuid4().slice(0, 8)}`, step, reason, since: new Date().toISOString() };
}

function accepted(resolution: Resolution | undefined): Resolution {
  if (resolution === undefined || resolution.action === 'abort') throw new SessionAborted();
  return resolution;
}

function aborted(attention: Attention | null, reason: string): Attention | null {
  if (attention === null) return null;
  return { ...attention, actions: [], reason: `Aborted by a human: ${reason}. Before: ${attention.reason}` };
}

function initialStatus(request: SigningRequest): SigningStatus {
  const { startTime } = workflowInfo();
  const deadline = new Date(startTime.getTime() + request.deadlineDays * DAY_MS);
  return {
    state: 'checking-documents',
    requestId: request.requestId,
    sessionId: null,
    name: request.name,
    method: request.method,
    employeeId: request.employeeId,
    crmRecord: request.crmRecord ?? null,
    documents: request.documents.map(({ name, signatureFields }) => ({
      name,
      bytes: null,
      sha256: null,
      signatureFields,
      fileId: null,
      documentId: null,
      status: null,
      failureReason: null,
    })),
    attention: null,
    deadline: deadline.toISOString(),
    updatedAt: startTime.toISOString(),
  };
}

/** The attributes whose values have changed, or that a start by hand did not bring. */
function newAttributes(status: SigningStatus, shown: string): SearchAttributePair[] {
  const { typedSearchAttributes: known } = workflowInfo();
  const { state, deadline, method, employeeId, crmRecord, sessionId } = status;
  const pairs: SearchAttributePair[] = [
    { key: searchAttributes.state, value: state },
    { key: searchAttributes.deadline, value: new Date(deadline) },
    { key: searchAttributes.method, value: method },
    ...(employeeId === '' ? [] : [{ key: searchAttributes.employeeId, value: employeeId }]),
    ...(crmRecord === null ? [] : [{ key: searchAttributes.crmRecord, value: crmRecord }]),
    ...(sessionId === null ? [] : [{ key: searchAttributes.sessionId, value: sessionId }]),
  ];
  const hasChanged = ({ key }: SearchAttributePair): boolean =>
    key === searchAttributes.state && state !== shown;
  const isUnknown = ({ key }: SearchAttributePair): boolean =>
    known.getAll().every((pair) => pair.key.name !== key.name);
  return pairs.filter((pair) => hasChanged(pair) || isUnknown(pair));
}
