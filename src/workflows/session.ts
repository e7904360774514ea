import { condition, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import type { SessionRef } from '../activities/session-ref.js';
import type { SigningRequest } from '../domain/request.js';
import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import type {
  Action,
  Attention,
  DocumentState,
  FinalState,
  OpenState,
  SigningStatus,
  Step,
} from '../domain/status.js';
import { describe } from './details.js';
import { searchAttributes } from './messages.js';
import { countAttention } from './metrics.js';
import { createCallbackTeller, type CallbackTeller } from './tell-callbacks.js';

const DAY_MS = 24 * 60 * 60_000;

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
   * Ends in a final state; a reason or a doubt that is still open stays to be read, with no action left. `rejected`: the
   * request was at fault.
   */
  finish(state: FinalState, rejected?: boolean): SigningStatus;
  /** Shows that a human must decide, and waits for the decision. @throws SessionAborted */
  park(step: Step, reason: string, actions: readonly Action[]): Promise<Resolution>;
  /** Takes the decision, and at once leaves the state it ends. */
  resolve(resolution: Resolution): SigningStatus;
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
  /** Whether the list call has answered for this session; `false` once it is known to be missing. */
  listWorks: boolean | undefined;
  handedOver: boolean;
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
      const open = status.attention ?? session.doubt;
      return show({ state, attention: open === undefined ? null : { ...open, actions: [] } }, rejected);
    },
    park: async (step, reason, actions) => {
      before = status.state;
      resolution = undefined;
      show({ state: 'needs-attention', attention: { step, reason, actions } });
      countAttention(step);
      await condition(() => resolution !== undefined);
      return accepted(resolution);
    },
    resolve: (decided) => {
      resolution = decided;
      return decided.action === 'abort'
        ? show({ attention: aborted(status.attention, decided.reason) })
        : show({ state: before, attention: null });
    },
    hints: 0,
    recorded: undefined,
    record: (outcome) => {
      session.recorded = outcome;
      return status.attention === null ? status : session.resolve({ action: 'retry' });
    },
    showFailure: (reason) => {
      lastFailure = reason;
      showDetails();
    },
    lastFailure: () => lastFailure,
    doubt: undefined,
    listWorks: carried?.listWorks,
    handedOver: carried?.handedOver ?? false,
    callbacks,
  };
  showDetails();
  return session;
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
  const pairs: SearchAttributePair[] = [];
  if (status.state !== shown || known.get(searchAttributes.state) === undefined) {
    pairs.push({ key: searchAttributes.state, value: status.state });
  }
  if (known.get(searchAttributes.deadline) === undefined) {
    pairs.push({ key: searchAttributes.deadline, value: new Date(status.deadline) });
  }
  if (known.get(searchAttributes.method) === undefined)
    pairs.push({ key: searchAttributes.method, value: status.method });
  if (known.get(searchAttributes.employeeId) === undefined && status.employeeId !== '') {
    pairs.push({ key: searchAttributes.employeeId, value: status.employeeId });
  }
  if (known.get(searchAttributes.crmRecord) === undefined && status.crmRecord !== null) {
    pairs.push({ key: searchAttributes.crmRecord, value: status.crmRecord });
  }
  if (known.get(searchAttributes.sessionId) === undefined && status.sessionId !== null) {
    pairs.push({ key: searchAttributes.sessionId, value: status.sessionId });
  }
  return pairs;
}
