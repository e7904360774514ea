import type { CallbackEvent, CallbackType } from './callbacks.js';

/** The task queue whose workflow ids are a public contract: `signing-<requestId>`. */
export const DEFAULT_TASK_QUEUE = 'signing';

/** The task queue for the polls of waiting signings. The workers of `taskQueue` serve it too, at a limited rate. */
export function buildPollTaskQueue(taskQueue: string): string {
  return `${taskQueue}/polls`;
}

/**
 * The id that makes a start idempotent; a start under another id is refused. Each task queue serves one tenant, so a queue
 * other than `signing` is part of the id: two tenants can use the same requestId.
 */
export function buildWorkflowId(requestId: string, taskQueue: string): string {
  return taskQueue === DEFAULT_TASK_QUEUE
    ? `signing-${requestId}`
    : `signing/${escapeSlashes(taskQueue)}/${requestId}`;
}

/** The requestId in the workflow id of a signing on any task queue; `undefined` for every other workflow. */
export function parseRequestId(workflowId: string): string | undefined {
  const [, plain, queued] = /^signing(?:-([^/]+)|\/[^/]+\/([^/]+))$/.exec(workflowId) ?? [];
  return plain ?? queued;
}

/** Whether a workflow can be on a task queue: `false` for a signing, or its callbacks, whose id names another one. */
export function isOnTaskQueue(workflowId: string, taskQueue: string): boolean {
  const signingIds = [workflowId, workflowId.replace(/\/callbacks$/, '')];
  return signingIds.every((id) => {
    const requestId = parseRequestId(id);
    return requestId === undefined || id === buildWorkflowId(requestId, taskQueue);
  });
}

/** The id of the workflow that sends a signing's callbacks. A requestId has no slash, so no signing can have this id. */
export function buildCallbacksWorkflowId(workflowId: string): string {
  return `${workflowId}/callbacks`;
}

/** The id of the activity that delivers an event: a description of the workflow shows by it which event is being sent. */
export function buildDeliveryId({ order, type }: Pick<CallbackEvent, 'order' | 'type'>): string {
  return `${order}:${type}`;
}

/** The parts of a delivery id; `undefined` for other activities. */
export function parseDeliveryId(activityId: string): Pick<CallbackEvent, 'order' | 'type'> | undefined {
  const [, order, type] = /^(\d+):(.+)$/.exec(activityId) ?? [];
  return type === undefined ? undefined : { order: Number(order), type: type as CallbackType };
}

/** The id of the workflow that counts an employee's starts on a task queue. A requestId has no slash, so no signing can have it. */
export function buildStartsWorkflowId(taskQueue: string, employeeId: string): string {
  return `signing-starts/${escapeSlashes(taskQueue)}/${employeeId}`;
}

/** With a slash in the queue's name two ids could be equal: `callbacks` is a valid requestId. */
function escapeSlashes(taskQueue: string): string {
  return encodeURIComponent(taskQueue);
}
