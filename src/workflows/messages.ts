import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { StatusChange } from '../domain/callbacks.js';
import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import type { Reservation } from '../domain/start-rate-limit.js';
import type { SigningStatus } from '../domain/status.js';

/** The workflow type, by which a client in any language starts a signing. */
export const WORKFLOW_TYPE = 'signingSession';

/** The whole status. */
export const statusQuery = defineQuery<SigningStatus>('status');

/** Why the last attempt of a call failed that the workflow retries; null where no call fails. */
export const lastFailureQuery = defineQuery<string | null>('lastFailure');

/** Poll the documents now. The signal itself proves nothing about them. */
export const checkNowSignal = defineSignal('checkNow');

/** A person's decision. It must name the open attention. */
export const resolveUpdate = defineUpdate<SigningStatus, [Resolution]>('resolve');

/** The outcome, where a tenant's API cannot tell it. */
export const recordOutcomeUpdate = defineUpdate<SigningStatus, [RecordedOutcome]>('recordOutcome');

/** The workflow type that notifies a CRM of a signing's changes: a child workflow that outlives its parent. */
export const CALLBACKS_WORKFLOW_TYPE = 'signingCallbacks';

/** A change of the signing whose first run is named. */
export const statusChangeSignal = defineSignal<[string, StatusChange]>('statusChanged');

/** The memo with the result of the last delivery: a `CallbackStatus`. */
export const CALLBACK_MEMO = 'callback';

/** The workflow type that counts the starts of one employee. */
export const STARTS_WORKFLOW_TYPE = 'signingStarts';

/** A request for one more start. `limit`: starts an hour. */
export interface ReservationRequest {
  readonly requestId: string;
  readonly limit: number;
}

/** Reserves a start. Fails with type `TOO_MANY_STARTS`, whose detail says in how many ms a start is possible. */
export const reserveStartUpdate = defineUpdate<undefined, [ReservationRequest]>('reserveStart');
export const TOO_MANY_STARTS = 'TooManyStarts';

/** Records a start that was made while no worker answered. */
export const recordStartSignal = defineSignal<[Reservation]>('startReserved');

/** Search attributes; no personal data in any. */
export const searchAttributes = {
  state: defineSearchAttributeKey('SigningState', 'KEYWORD'),
  method: defineSearchAttributeKey('SigningMethod', 'KEYWORD'),
  employeeId: defineSearchAttributeKey('EmployeeId', 'KEYWORD'),
  crmRecord: defineSearchAttributeKey('CrmRecord', 'KEYWORD'),
  sessionId: defineSearchAttributeKey('FlexpertoSessionId', 'INT'),
  deadline: defineSearchAttributeKey('SigningDeadline', 'DATETIME'),
};

/** The failure types of a workflow whose request is at fault. */
export const REJECTION_TYPES = ['RequestRejected', 'RequestRejectedByVendor'];
