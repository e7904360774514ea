import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { InspectedDocument } from '../documents/check-request.js';
import { describeProblems, parseRequest } from '../domain/parse-request.js';
import type { CheckedDocument } from '../domain/request.js';
import { buildWorkflowId } from '../domain/workflow-id.js';
import { InspectionInterruptedError } from '../pdf/inspector.js';
import { DOCUMENT_CHECK_MAX_ATTEMPTS } from '../workflows/retry-policies.js';
import { getWorkflowExecution } from './at-most-once-guard.js';
import type { ActivityDependencies } from './dependencies.js';
import { createFailure } from './failures.js';
import { withHeartbeat } from './heartbeat.js';

export interface CheckedDocuments {
  readonly documents: readonly CheckedDocument[];
  /** Whether this tenant's hand-over call is configured. */
  readonly isHandOverEnabled: boolean;
}

/**
 * Checks everything that can be known before a remote call. Fails with `RequestRejected` and all problems at once.
 * Rejects a workflow id that was used before, since a second run would send a second signing: a client's own reuse policy
 * may allow it. A run that Temporal has started over (`firstRunId` is another) passes: it reconciles each of its calls
 * before it makes it. An inspection that is interrupted says nothing about the documents: it is tried again, as
 * often as it takes.
 */
export function createCheckDocuments({
  checker,
  isHandOverEnabled,
  hasEarlierRun,
}: Pick<ActivityDependencies, 'checker' | 'isHandOverEnabled' | 'hasEarlierRun'>) {
  return async (input: unknown, firstRunId: string): Promise<CheckedDocuments> => {
    const { attempt, taskQueue } = activityInfo();
    const { workflowId, runId } = getWorkflowExecution();
    assertWorkflowId(input, workflowId, taskQueue);
    if (runId === firstRunId && (await hasEarlierRun(workflowId, runId))) {
      throw createFailure(
        'RequestRejected',
        `${workflowId} was started before, and a signing is never sent twice.`,
      );
    }
    const checked = await withHeartbeat(() => checker.check(input, cancellationSignal())).catch(
      rethrowInspectionFailure,
    );
    if (checked.ok) return { documents: checked.documents.map(toCheckedDocument), isHandOverEnabled };
    if (checked.transientProblems.length > 0 && attempt < DOCUMENT_CHECK_MAX_ATTEMPTS) {
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

function toCheckedDocument(document: InspectedDocument): CheckedDocument {
  const { source, name, signatureFields, bytes, sha256, pages, fields } = document;
  return { source, name, signatureFields, bytes, sha256, pages, fields };
}
