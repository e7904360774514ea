import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { StatusChange } from '../domain/callback-event.js';
import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import type { Reservation } from '../domain/start-rate-limit.js';
import type { SigningStatus } from '../domain/status.js';

/** The workflow type, by which it is started from any language. */
export const WORKFLOW_TYPE = 'signingSession';

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

/** News of the session whose first run is named. */
export const statusChangeSignal = defineSignal<[string, StatusChange]>('news');

/** The memo that shows how the last event has fared: a `CallbackStatus`. */
export const CALLBACK_MEMO = 'callback';

/** The workflow type that counts the starts of one employee. */
export const STARTS_WORKFLOW_TYPE = 'signingStarts';

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
