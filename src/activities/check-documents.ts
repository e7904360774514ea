import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { InspectedDocument } from '../documents/check-request.js';
import { InspectionInterruptedError } from '../documents/errors.js';
import { describeProblems, readRequest } from '../domain/read-request.js';
import type { CheckedDocument } from '../domain/request.js';
import { workflowIdOf } from '../domain/workflow-id.js';
import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { failure } from './failures.js';
import { currentExecution } from './known-run.js';

/** A source that does not answer is asked so often before it counts as a problem of the request. */
const PATIENCE = 4;

export interface CheckedDocuments {
  readonly documents: readonly CheckedDocument[];
  /** Whether this tenant's hand-over call is configured. */
  readonly handsOver: boolean;
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
  seal,
  handsOver,
  hasEarlierRun,
}: Pick<ActivityDependencies, 'checker' | 'seal' | 'handsOver' | 'hasEarlierRun'>) {
  const sealed = (document: InspectedDocument): CheckedDocument => {
    const { source, name, signatureFields, bytes, sha256, mac, pages, fields } = document;
    return { source, name, signatureFields, bytes, sha256, sealedMac: seal.seal(mac), pages, fields };
  };
  return async (input: unknown, firstRun: string, usedIdsRefused: boolean): Promise<CheckedDocuments> => {
    const { attempt, taskQueue } = activityInfo();
    const { workflowId, runId } = currentExecution();
    refuseUnlessUnderItsId(input, workflowId, taskQueue);
    if (!usedIdsRefused && runId === firstRun && (await hasEarlierRun(workflowId, runId))) {
      throw failure(
        'RequestRejected',
        `${workflowId} was started before, and a signing is never sent twice.`,
      );
    }
    const checked = await beating(() => checker.check(input, cancellationSignal())).catch(notChecked);
    if (checked.ok) return { documents: checked.documents.map(sealed), handsOver };
    if (checked.passing.length > 0 && attempt < PATIENCE) {
      throw failure('DocumentUnavailable', describeProblems(checked.passing), { nonRetryable: false });
    }
    throw failure('RequestRejected', describeProblems(checked.problems));
  };
}

function notChecked(error: unknown): never {
  if (!(error instanceof InspectionInterruptedError)) throw error;
  throw failure('InspectionInterrupted', error.message, { nonRetryable: false });
}

/** Under the id of another task queue a request could be sent once for each queue. */
function refuseUnlessUnderItsId(input: unknown, workflowId: string, taskQueue: string): void {
  const { requestId } = readRequest(input).request;
  const rightId = workflowIdOf(requestId, taskQueue);
  if (requestId === '' || workflowId === rightId) return;
  throw failure(
    'RequestRejected',
    `This request must be started under the workflow id ${rightId}, which keeps it from being sent twice.`,
  );
}
