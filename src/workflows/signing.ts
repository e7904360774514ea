import {
  condition,
  setCurrentDetails,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import type { ContractSessionRef, SigningRequest } from '../domain/request.js';

import {
  validateResolution,
  appendRetryTime,
  type ClosedAttention,
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
import { renderSigningSummary } from './ui-summary.js';
import { searchAttributes } from './messages.js';
import { countAttention } from './metrics.js';
import { createCallbackPublisher, type CallbackPublisher } from './callbacks/callback-publisher.js';

const DAY_MS = 24 * 60 * 60_000;

/** A decision on an older question is refused like one on a question that never was. */
const MAX_CLOSED_ATTENTIONS = 100;

/** A human has ended the session; caught where the session ends. */
export class SigningAborted extends Error {
  override readonly name = 'SessionAborted';
}

/** What a session that goes on in a fresh run takes along. */
export interface ContinueAsNewState {
  readonly status: SigningStatus;
  readonly handedOver: boolean;
  readonly listWorks: boolean | undefined;
  /** Absent where nobody was told of anything yet. */
  readonly callbacksStarted?: true | undefined;
  /** So that a decision that is sent once more is known also in the fresh run. */
  readonly closedAttentions: readonly ClosedAttention[];
}

/** The state of one signing: what is known, who waits for whom, and what the world is shown of it. */
export interface Signing {
  readonly request: SigningRequest;
  readonly deadline: number;
  readonly status: () => SigningStatus;
  /** Enters a state of the lifecycle and shows it. */
  transitionTo(state: OpenState, known?: Partial<Pick<SigningStatus, 'sessionId' | 'documents'>>): void;
  /** Takes over what is now known of a document. */
  updateDocument(name: string, news: Partial<DocumentState>): void;
  /**
   * Ends in a final state. What remains, a reason or a doubt that is still open stays to be read, with no action left.
   * `rejected`: the request was at fault.
   */
  finish(state: FinalState, rejected?: boolean): SigningStatus;
  /**
   * Asks a human a new question, and waits for the decision. A `retry` is refused before `retryFrom` (milliseconds since
   * 1970), and the reason says so. @throws SessionAborted
   */
  waitForDecision(
    step: Step,
    reason: string,
    actions: readonly Action[],
    retryFrom?: number,
  ): Promise<Resolution>;
  /** Why this decision cannot be taken now, in one sentence; `undefined` when it can. */
  validateDecision(decision: unknown): string | undefined;
  /** Closes the open question, and goes back to the state before. What was asked stays as a doubt. */
  withdrawAttention(): void;
  /** Takes the decision, and at once leaves the state it ends. The one that closed its question changes nothing. */
  resolve(resolution: Resolution): SigningStatus;
  /** Closes the open question without a decision: the step goes on as after a retry. */
  continueWithoutDecision(): SigningStatus;
  readonly closedAttentions: () => readonly ClosedAttention[];
  /** What messages have left for the wait: hints count up and are never reset, as they can come before their time. */
  pollRequests: number;
  recordedOutcome: RecordedOutcome | undefined;
  /** Takes a human's record, and at once leaves a state that waited for another decision. */
  recordOutcome(outcome: RecordedOutcome): SigningStatus;
  /** Shows, in the Temporal UI and by a query, why a call is repeated; null once it is not. */
  publishFailure(reason: string | null): void;
  readonly lastFailure: () => string | null;
  /** A call that may have had its effect, as long as that is not settled. */
  unknownOutcome: Pick<Attention, 'step' | 'reason'> | undefined;
  /** What an end leaves at the vendor, and what is not known of it. */
  leftovers: Pick<Attention, 'step' | 'reason'> | undefined;
  /** Whether the list call has answered for this session; `false` while it seems to be missing. */
  listWorks: boolean | undefined;
  handedOver: boolean;
  /** The run of which it is known that no run before it has made a call about this contract session. */
  safeRunId: string;
  /** The run that has waited long enough for the calls of the run before it to take effect; undefined where none has. */
  waitedRunId: string | undefined;
  /** Until when the vendor keeps an uploaded file, by the document's name, in milliseconds since 1970; absent where unknown. */
  readonly fileExpiresAt: Map<string, number>;
  /** The documents as the vendor listed them last while the session waits. */
  lastListed: readonly VendorDocument[] | undefined;
  /** What the list of documents leaves open (domain/list-question.ts), as a human was asked it last. */
  reportedDiscrepancy: string | undefined;
  /** Whether a list has shown every attached document, or a human was asked about those that it did not show. */
  allListed: boolean;
  /** Takes what a list leaves open; `true` where a human has not been asked it yet. */
  isNewDiscrepancy(question: string | undefined): question is string;
  readonly callbacks: CallbackPublisher;
}

/** The contract session as the calls about it know it. */
export function getContractSession({ request, status }: Signing): ContractSessionRef {
  const { employeeId, participants } = request;
  return { employeeId, participants, sessionId: status().sessionId ?? 0 };
}

/** Opens a session: a new one, or one that is carried on from the run before. */
export function createSigning(request: SigningRequest, previous?: ContinueAsNewState): Signing {
  let status = previous?.status ?? createInitialStatus(request);
  let stateBefore = status.state;
  let resolution: Resolution | undefined;
  let retryNotBefore: number | undefined;
  let closedAttentions = previous?.closedAttentions ?? [];

  let lastFailure: string | null = null;

  const callbacks = createCallbackPublisher(request, previous?.callbacksStarted);
  const publishSummary = (): void => {
    setCurrentDetails(renderSigningSummary(status, signing.listWorks, lastFailure));
  };

  const publish = (change: Partial<SigningStatus>, rejected = false): SigningStatus => {
    const previousStatus = status;
    status = { ...status, ...change, updatedAt: new Date().toISOString() };
    const changes = findChangedAttributes(status, previousStatus.state);
    if (changes.length > 0) upsertSearchAttributes(changes);
    publishSummary();
    callbacks.publish(previousStatus, status, rejected);
    return status;
  };

  const closeAttention = (question: ClosedAttention, nextResolution: Resolution): void => {
    closedAttentions = [...closedAttentions, question].slice(-MAX_CLOSED_ATTENTIONS);
    resolution = nextResolution;
  };
  const clearAttention = (): SigningStatus => publish({ state: stateBefore, attention: null });

  const signing: Signing = {
    request,
    deadline: Date.parse(status.deadline),
    status: () => status,
    transitionTo: (state, changes = {}) => {
      if (state !== status.state || Object.keys(changes).length > 0) publish({ state, ...changes });
    },
    updateDocument: (name, changes) => {
      const documents = status.documents.map((document) =>
        document.name === name ? { ...document, ...changes } : document,
      );
      publish({ documents });
    },
    finish: (state, rejected) => {
      const openIssue = signing.leftovers ?? status.attention ?? signing.unknownOutcome;
      const attention =
        openIssue === undefined ? null : { ...createAttention(openIssue), ...openIssue, actions: [] };
      return publish({ state, attention }, rejected);
    },
    waitForDecision: async (step, reason, actions, retryTime) => {
      stateBefore = status.state;
      resolution = undefined;
      retryNotBefore = retryTime;
      const attention = { ...createAttention({ step, reason: appendRetryTime(reason, retryTime) }), actions };
      publish({ state: 'needs-attention', attention });
      countAttention(step);
      await condition(() => resolution !== undefined);
      return assertNotAborted(resolution);
    },
    validateDecision: (decision) =>
      validateResolution(decision, {
        attention: status.attention,
        closed: closedAttentions,
        retryNotBefore,
        now: Date.now(),
      }),
    withdrawAttention: () => {
      if (status.attention === null) return;
      const { id, step, reason } = status.attention;
      signing.unknownOutcome = { step, reason };
      closedAttentions = [...closedAttentions, { attentionId: id, action: null }];
      clearAttention();
    },
    resolve: (decision) => {
      if (closedAttentions.some(({ attentionId }) => attentionId === decision.attentionId)) return status;
      closeAttention(decision, decision);
      return decision.action === 'abort'
        ? publish({ attention: markAborted(status.attention, decision.reason) })
        : clearAttention();
    },
    continueWithoutDecision: () => {
      // An abort that came just before stays what it is.
      if (status.attention === null || status.attention.actions.length === 0) return status;
      const attentionId = status.attention.id;
      closeAttention({ attentionId, action: null }, { attentionId, action: 'retry' });
      return clearAttention();
    },
    closedAttentions: () => closedAttentions,
    pollRequests: 0,
    recordedOutcome: undefined,
    recordOutcome: (outcome) => {
      signing.recordedOutcome = outcome;
      return signing.continueWithoutDecision();
    },
    publishFailure: (reason) => {
      lastFailure = reason;
      publishSummary();
    },
    lastFailure: () => lastFailure,
    unknownOutcome: undefined,
    leftovers: undefined,
    listWorks: previous?.listWorks,
    handedOver: previous?.handedOver ?? false,
    safeRunId: workflowInfo().firstExecutionRunId,
    waitedRunId: undefined,
    fileExpiresAt: new Map(),
    lastListed: undefined,
    reportedDiscrepancy: undefined,
    allListed: previous !== undefined,
    isNewDiscrepancy: (question): question is string => {
      const isNew = question !== undefined && question !== signing.reportedDiscrepancy;
      signing.reportedDiscrepancy = question;
      return isNew;
    },
    callbacks,
  };
  publishSummary();
  return signing;
}

/** A new question with an id that no other has: those of a run that was started over differ from those before. */
function createAttention({ step, reason }: Pick<Attention, 'step' | 'reason'>): Omit<Attention, 'actions'> {
  return { id: `${step}-${uuid4().slice(0, 8)}`, step, reason, since: new Date().toISOString() };
}

function assertNotAborted(resolution: Resolution | undefined): Resolution {
  if (resolution === undefined || resolution.action === 'abort') throw new SigningAborted();
  return resolution;
}

function markAborted(attention: Attention | null, reason: string): Attention | null {
  if (attention === null) return null;
  return { ...attention, actions: [], reason: `Aborted by a human: ${reason}. Before: ${attention.reason}` };
}

function createInitialStatus(request: SigningRequest): SigningStatus {
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
function findChangedAttributes(status: SigningStatus, previousState: string): SearchAttributePair[] {
  const { typedSearchAttributes: currentAttributes } = workflowInfo();
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
    key === searchAttributes.state && state !== previousState;
  const isMissing = ({ key }: SearchAttributePair): boolean =>
    currentAttributes.getAll().every((pair) => pair.key.name !== key.name);
  return pairs.filter((pair) => hasChanged(pair) || isMissing(pair));
}
