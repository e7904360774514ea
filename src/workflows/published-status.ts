import type { SearchAttributePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SigningRequest } from '../domain/request.js';
import type { DocumentState, OpenState, SigningStatus } from '../domain/status.js';
import type { CallbackPublisher } from './callbacks/callback-publisher.js';
import { searchAttributes } from './messages.js';
import { renderSigningSummary } from './ui-summary.js';

const DAY_MS = 24 * 60 * 60_000;

/** The status of a signing. Each change reaches the query, the search attributes, the Temporal UI and the callbacks. */
export interface PublishedStatus {
  readonly status: () => SigningStatus;
  /** Changes the status. `isRejection`: the request is at fault. */
  publish(change: Partial<SigningStatus>, isRejection?: boolean): SigningStatus;
  /** Enters a state of the lifecycle. */
  transitionTo(state: OpenState, changes?: Partial<Pick<SigningStatus, 'sessionId' | 'documents'>>): void;
  /** Merges what is now known of a document. */
  updateDocument(name: string, changes: Partial<DocumentState>): void;
  /** Says, in the Temporal UI and by a query, why a call is retried; `null` once it is not. */
  publishFailure(reason: string | null): void;
  readonly lastFailure: () => string | null;
  /** Whether the list call has answered for this signing; `false` while the tenant seems to lack it. */
  listWorks: boolean | undefined;
}

export function createPublishedStatus(
  initialStatus: SigningStatus,
  callbacks: CallbackPublisher,
  listWorks: boolean | undefined,
): PublishedStatus {
  let status = initialStatus;
  let lastFailure: string | null = null;
  const publishSummary = (): void => {
    setCurrentDetails(renderSigningSummary(status, published.listWorks, lastFailure));
  };
  const publish = (change: Partial<SigningStatus>, isRejection = false): SigningStatus => {
    const previousStatus = status;
    status = { ...status, ...change, updatedAt: new Date().toISOString() };
    const changes = findChangedAttributes(status, previousStatus.state);
    if (changes.length > 0) upsertSearchAttributes(changes);
    publishSummary();
    callbacks.publish(previousStatus, status, isRejection);
    return status;
  };
  const published: PublishedStatus = {
    status: () => status,
    publish,
    transitionTo: (state, changes = {}) => {
      if (state !== status.state || Object.keys(changes).length > 0) publish({ state, ...changes });
    },
    updateDocument: (name, changes) => {
      const documents = status.documents.map((document) =>
        document.name === name ? { ...document, ...changes } : document,
      );
      publish({ documents });
    },
    publishFailure: (reason) => {
      lastFailure = reason;
      publishSummary();
    },
    lastFailure: () => lastFailure,
    listWorks,
  };
  publishSummary();
  return published;
}

export function createInitialStatus(request: SigningRequest): SigningStatus {
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

/** The attributes whose values have changed, and those that a start without the client library did not set. */
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
