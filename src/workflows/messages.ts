import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CallbackEvent, StatusChange, CallbackType } from '../domain/callback-event.js';
import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import type { Reservation } from '../domain/start-rate-limit.js';
import type { SigningStatus } from '../domain/status.js';
import { escapeSlashes } from '../domain/workflow-id.js';

/** The workflow type, by which it is started from any language. */
export const WORKFLOW_TYPE = 'signingSession';

export { DEFAULT_TASK_QUEUE, parseRequestId, buildWorkflowId } from '../domain/workflow-id.js';

/** The whole state. */
export const statusQuery = defineQuery<SigningStatus>('status');

/** Why the last attempt failed of a call that the workflow repeats; null where none fails. */
export const lastFailureQuery = defineQuery<string | null>('lastFailure');

/** Look at the documents now: a hint, never trusted as a fact. */
export const checkNowSignal = defineSignal('checkNow');

/** A human's decision on the question that it names, which must be the open one. */
export const resolveUpdate = defineUpdate<SigningStatus, [Resolution]>('resolve');

/** The outcome, where a tenant's API cannot tell it. */
export const recordOutcomeUpdate = defineUpdate<SigningStatus, [RecordedOutcome]>('recordOutcome');

/** The workflow type that tells a CRM what happens to a session; its child, which outlives it. */
export const CALLBACKS_WORKFLOW_TYPE = 'signingCallbacks';

/** From the session's. A requestId has no slash, so that no session can be called so. */
export function buildCallbacksWorkflowId(workflowId: string): string {
  return `${workflowId}/callbacks`;
}

/** News of the session whose first run is named. */
export const statusChangeSignal = defineSignal<[string, StatusChange]>('news');

/** The memo that shows how the last event has fared: a `CallbackStatus`. */
export const CALLBACK_MEMO = 'callback';

/** The id of the activity that delivers an event; by it a description of the workflow tells which is being tried. */
export function buildDeliveryId({ order, type }: Pick<CallbackEvent, 'order' | 'type'>): string {
  return `${order}:${type}`;
}

/** What `deliveryId` was made of; undefined for other activities. */
export function parseDeliveryId(activityId: string): Pick<CallbackEvent, 'order' | 'type'> | undefined {
  const [, order, type] = /^(\d+):(.+)$/.exec(activityId) ?? [];
  return type === undefined ? undefined : { order: Number(order), type: type as CallbackType };
}

/** The workflow type that counts the starts of one employee. */
export const STARTS_WORKFLOW_TYPE = 'signingStarts';

/** One for each employee of a task queue, which serves one tenant. A requestId has no slash, so no session can be called so. */
export function buildStartsWorkflowId(taskQueue: string, employeeId: string): string {
  return `signing-starts/${escapeSlashes(taskQueue)}/${employeeId}`;
}

/** One more start, and how many an hour may hold. */
export interface ReservationRequest {
  readonly requestId: string;
  readonly limit: number;
}

/** Takes a place for a start; refused with a failure of type `TOO_MANY_STARTS` whose detail says in how many ms one is free. */
export const reserveStartUpdate = defineUpdate<undefined, [ReservationRequest]>('admit');
export const TOO_MANY_STARTS = 'TooManyStarts';

/** A start was made while no worker could be asked. */
export const recordStartSignal = defineSignal<[Reservation]>('started');

/** Search attributes; no personal data in any. */
export const searchAttributes = {
  state: defineSearchAttributeKey('SigningState', 'KEYWORD'),
  method: defineSearchAttributeKey('SigningMethod', 'KEYWORD'),
  employeeId: defineSearchAttributeKey('EmployeeId', 'KEYWORD'),
  crmRecord: defineSearchAttributeKey('CrmRecord', 'KEYWORD'),
  sessionId: defineSearchAttributeKey('FlexpertoSessionId', 'INT'),
  deadline: defineSearchAttributeKey('SigningDeadline', 'DATETIME'),
};

/** The types of failure by which the workflow says that the request itself is at fault. */
export const REJECTION_TYPES = ['RequestRejected', 'RequestRejectedByVendor'];
