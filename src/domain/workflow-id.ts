/** The task queue whose workflow ids are a contract. */
export const DEFAULT_TASK_QUEUE = 'signing';

/**
 * The id that makes a start idempotent; a start under another id is refused. Each task queue serves one tenant, so a queue
 * other than `signing` is part of the id: two tenants can use the same requestId.
 */
export function buildWorkflowId(requestId: string, taskQueue: string): string {
  return taskQueue === DEFAULT_TASK_QUEUE
    ? `signing-${requestId}`
    : `signing/${escapeSlashes(taskQueue)}/${requestId}`;
}

/** The requestId in the workflow id of a session, whatever its task queue; `undefined` for every other workflow. */
export function parseRequestId(workflowId: string): string | undefined {
  const [, plain, queued] = /^signing(?:-([^/]+)|\/[^/]+\/([^/]+))$/.exec(workflowId) ?? [];
  return plain ?? queued;
}

/** A slash in a queue's name would let two ids meet: a requestId can be called `callbacks`. */
export function escapeSlashes(taskQueue: string): string {
  return encodeURIComponent(taskQueue);
}
