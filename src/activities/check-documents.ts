import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { InspectedDocument } from '../documents/check-request.js';
import { InspectionInterruptedError } from '../pdf/inspector.js';
import { describeProblems, parseRequest } from '../domain/parse-request.js';
import type { CheckedDocument } from '../domain/request.js';
import { buildWorkflowId } from '../domain/workflow-id.js';
import { withHeartbeat } from './heartbeat.js';
import type { ActivityDependencies } from './dependencies.js';
import { createFailure } from './failures.js';
import { getWorkflowExecution } from './at-most-once-guard.js';

/** Attempts to read a source before its outage counts as a problem of the request. */
const MAX_ATTEMPTS = 4;

export interface CheckedDocuments {
  readonly documents: readonly CheckedDocument[];
  /** Whether this tenant's hand-over call is configured. */
  readonly isHandOverEnabled: boolean;
}

/**
 * Checks everything that can be known before a remote call. Fails with `RequestRejected` and all problems at once.
 * An id that was used before is refused here where the server was not told to (`usedIdsRefused`): a second run would send
 * a second signing. A run that Temporal has started over (`firstRun` is another) is let through: each of its calls is
 * settled before it is made. An inspection that is interrupted says nothing about the documents: it is tried again, as
 * often as it takes.
 */
export function createCheckDocuments({
  checker,
  secretCipher,
  isHandOverEnabled,
  hasEarlierRun,
}: Pick<ActivityDependencies, 'checker' | 'secretCipher' | 'isHandOverEnabled' | 'hasEarlierRun'>) {
  const toCheckedDocument = (document: InspectedDocument): CheckedDocument => {
    const { source, name, signatureFields, bytes, sha256, mac, pages, fields } = document;
    return {
      source,
      name,
      signatureFields,
      bytes,
      sha256,
      sealedMac: secretCipher.encrypt(mac),
      pages,
      fields,
    };
  };
  return async (input: unknown, firstRunId: string, usedIdsRefused: boolean): Promise<CheckedDocuments> => {
    const { attempt, taskQueue } = activityInfo();
    const { workflowId, runId } = getWorkflowExecution();
    assertWorkflowId(input, workflowId, taskQueue);
    if (!usedIdsRefused && runId === firstRunId && (await hasEarlierRun(workflowId, runId))) {
      throw createFailure(
        'RequestRejected',
        `${workflowId} was started before, and a signing is never sent twice.`,
      );
    }
    const checked = await withHeartbeat(() => checker.check(input, cancellationSignal())).catch(
      rethrowInspectionFailure,
    );
    if (checked.ok) return { documents: checked.documents.map(toCheckedDocument), isHandOverEnabled };
    if (checked.transientProblems.length > 0 && attempt < MAX_ATTEMPTS) {
      throw createFailure('DocumentUnavailable', describeProblems(checked.transientProblems), {
        nonRetryable: false,
      });
    }
    throw createFailure('RequestRejected', describeProblems(checked.problems));
  };
}

function rethrowInspectionFailure(error: unknown): never {
  if (!(error instanceof InspectionInterruptedError)) throw error;
  throw createFailure('InspectionInterrupted', error.message, { nonRetryable: false });
}

/** Under the id of another task queue a request could be sent once for each queue. */
function assertWorkflowId(input: unknown, workflowId: string, taskQueue: string): void {
  const { requestId } = parseRequest(input).request;
  const expectedId = buildWorkflowId(requestId, taskQueue);
  if (requestId === '' || workflowId === expectedId) return;
  throw createFailure(
    'RequestRejected',
    `This request must be started under the workflow id ${expectedId}, which keeps it from being sent twice.`,
  );
}
