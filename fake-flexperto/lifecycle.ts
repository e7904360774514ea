import type { Clock } from './clock.js';
import type { Session, SessionDocument } from './entities.js';
import { HttpError } from './http-error.js';
import type { Store } from './store.js';

/** The actions of people on a contract session with attached documents. */
export const ACTIONS = ['hand-over', 'sign', 'update', 'fail-identification', 'remove'] as const;
export type Action = (typeof ACTIONS)[number];
type DocumentAction = Exclude<Action, 'hand-over'>;

const FINAL_STATUSES: readonly string[] = ['FINISHED', 'DELETED', 'FAILED'];
const isNotFinal = (status: string): boolean => !FINAL_STATUSES.includes(status);
const isAwaitingSignature = (status: string): boolean => isNotFinal(status) && status !== 'ATTACHED';

const transitions: Record<
  DocumentAction,
  { to: string; from: (status: string) => boolean; condition: string }
> = {
  sign: { to: 'FINISHED', from: isAwaitingSignature, condition: 'awaits signature' },
  update: { to: 'UPDATED', from: isAwaitingSignature, condition: 'awaits signature' },
  'fail-identification': { to: 'FAILED', from: isAwaitingSignature, condition: 'awaits signature' },
  remove: { to: 'DELETED', from: isNotFinal, condition: 'is not final' },
};

/** The Dashboard's and the participant's side of the vendor. Each method throws a {@link HttpError} for an impossible action. */
export class Lifecycle {
  private readonly store: Store;
  private readonly clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  handOver(sessionId: number): void {
    const session = this.store.getSession(sessionId);
    if (session.handedOver) throw new HttpError(409, `session ${sessionId} has already been handed over`);
    const attached = session.documents.filter(({ status }) => status === 'ATTACHED');
    if (attached.length === 0) throw new HttpError(409, `session ${sessionId} has no attached document`);
    session.handedOver = true;
    for (const document of attached) this.change(document, 'UPLOADED');
  }

  /** Acts on one document, or on all that allow the action. `reason` is for a failed identification. */
  act(action: DocumentAction, sessionId: number, documentId?: number, reason?: string): void {
    const { to, from, condition } = transitions[action];
    const all = this.store.getSession(sessionId).documents;
    const chosen = documentId === undefined ? all : [this.store.getDocument(sessionId, documentId)];
    const affected = chosen.filter(({ status }) => from(status));
    if (affected.length === 0) {
      const which = documentId === undefined ? `no document of session ${sessionId}` : 'not a document that';
      throw new HttpError(409, `${action}: ${which} ${condition}`);
    }
    const failure = to === 'FAILED' ? (reason ?? 'identification failed') : '';
    for (const document of affected) this.change(document, to, failure);
  }

  setStatus(sessionId: number, documentId: number, status: string): void {
    this.change(this.store.getDocument(sessionId, documentId), status);
  }

  private change(document: SessionDocument, status: string, failureReason = ''): void {
    document.status = status;
    document.failureReason = failureReason;
    document.updatedAt = this.clock.now();
  }
}

/** The Dashboard's actions. Only ves and qes have an identification that can fail. */
export function listPossibleActions(session: Session, document?: SessionDocument): Action[] {
  const documents = document === undefined ? session.documents : [document];
  return ACTIONS.filter((action) => {
    if (action === 'hand-over') {
      const attached = session.documents.some(({ status }) => status === 'ATTACHED');
      return document === undefined && !session.handedOver && attached;
    }
    if (action === 'fail-identification' && session.method === 'aes') return false;
    return documents.some(({ status }) => transitions[action].from(status));
  });
}
