import { workflowInfo } from '@temporalio/workflow';
import type { ContractSessionRef, SigningRequest } from '../domain/request.js';
import type { ClosedAttention, RecordedOutcome } from '../domain/resolution.js';
import type { FinalState, SigningStatus } from '../domain/status.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import { type CallbackPublisher, createCallbackPublisher } from './callbacks/callback-publisher.js';
import { type Decisions, type Issue, createAttention, createDecisions } from './decisions.js';
import { type PublishedStatus, createInitialStatus, createPublishedStatus } from './published-status.js';

/** The state of one signing: its status, the decision it waits for, and what its steps have found out. */
export interface Signing extends PublishedStatus, Decisions {
  readonly request: SigningRequest;
  /** In milliseconds since 1970. */
  readonly deadline: number;
  readonly callbacks: CallbackPublisher;
  /**
   * Ends in a final state. The status keeps what is still open: leftovers, an attention or an unknown outcome, with no
   * action left. `isRejection`: the request was at fault.
   */
  finish(state: FinalState, isRejection?: boolean): SigningStatus;
  /** Counts up and is never reset, since a poll request can come before its time. */
  pollRequests: number;
  recordedOutcome: RecordedOutcome | undefined;
  /** Stores a person's record, and immediately leaves a state that waited for another decision. */
  recordOutcome(outcome: RecordedOutcome): SigningStatus;
  /** A call that may have taken effect, until that is reconciled. */
  unknownOutcome: Issue | undefined;
  /** What an end leaves at the vendor, and what is not known of it. */
  leftovers: Issue | undefined;
  handedOver: boolean;
  /** No run before this one has made a call about this contract session. */
  safeRunId: string;
  /** This run has waited until no call of the run before it can still take effect. */
  waitedRunId: string | undefined;
  /** Until when the vendor keeps an uploaded file, by the document's name, in milliseconds since 1970; absent where unknown. */
  readonly fileExpiresAt: Map<string, number>;
  /** The vendor's last list of documents while the signing waits. */
  lastListed: readonly VendorDocument[] | undefined;
  /** The discrepancy of the list (domain/list-discrepancy.ts) that was last shown to a person. */
  reportedDiscrepancy: string | undefined;
  /** Whether a list has shown every attached document, or a person was asked about the missing ones. */
  allListed: boolean;
  /** Notes the discrepancy of a list; `true` where no person was asked about it yet. */
  isNewDiscrepancy(discrepancy: string | undefined): discrepancy is string;
}

/** What the next run of a signing takes over. */
export interface ContinueAsNewState {
  readonly status: SigningStatus;
  readonly handedOver: boolean;
  readonly listWorks: boolean | undefined;
  /** Absent where no callback was sent yet. */
  readonly callbacksStarted?: true | undefined;
  readonly closedAttentions: readonly ClosedAttention[];
}

/** Creates the state of a new signing, or of one that continues `previous`. */
export function createSigning(request: SigningRequest, previous?: ContinueAsNewState): Signing {
  const initialStatus = previous?.status ?? createInitialStatus(request);
  const callbacks = createCallbackPublisher(request, previous?.callbacksStarted);
  const published = createPublishedStatus(initialStatus, callbacks, previous?.listWorks);
  const decisions = createDecisions(published, previous?.closedAttentions ?? []);
  // One object with `published`, which reads `listWorks`.
  const signing: Signing = Object.assign(published, decisions, {
    request,
    deadline: Date.parse(initialStatus.deadline),
    callbacks,
    finish: (state: FinalState, isRejection?: boolean) => {
      const issue = signing.leftovers ?? signing.status().attention ?? signing.unknownOutcome;
      const attention = issue === undefined ? null : { ...createAttention(issue), ...issue, actions: [] };
      return signing.publish({ state, attention }, isRejection);
    },
    pollRequests: 0,
    recordedOutcome: undefined,
    recordOutcome: (outcome: RecordedOutcome) => {
      signing.recordedOutcome = outcome;
      return signing.continueWithoutDecision();
    },
    unknownOutcome: undefined,
    leftovers: undefined,
    handedOver: previous?.handedOver ?? false,
    safeRunId: workflowInfo().firstExecutionRunId,
    waitedRunId: undefined,
    fileExpiresAt: new Map<string, number>(),
    lastListed: undefined,
    reportedDiscrepancy: undefined,
    allListed: previous !== undefined,
    isNewDiscrepancy: (discrepancy: string | undefined): discrepancy is string => {
      const isNew = discrepancy !== undefined && discrepancy !== signing.reportedDiscrepancy;
      signing.reportedDiscrepancy = discrepancy;
      return isNew;
    },
  });
  return signing;
}

export function toContinueAsNewState(signing: Signing): ContinueAsNewState {
  const { handedOver, listWorks, callbacks } = signing;
  return {
    status: signing.status(),
    handedOver,
    listWorks,
    callbacksStarted: callbacks.started,
    closedAttentions: signing.closedAttentions(),
  };
}

/** The contract session as the calls about it identify it. */
export function getContractSession({ request, status }: Signing): ContractSessionRef {
  const { employeeId, participants } = request;
  return { employeeId, participants, sessionId: status().sessionId ?? 0 };
}
