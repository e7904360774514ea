import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import type { SigningStatus } from '../domain/status.js';

/** The workflow type, by which it is started from any language. */
export const WORKFLOW_TYPE = 'signingSession';

export const DEFAULT_TASK_QUEUE = 'signing';

/** The id that makes a start idempotent; a start under another id is refused. */
export function workflowIdOf(requestId: string): string {
  return `signing-${requestId}`;
}

/** The whole state. */
export const statusQuery = defineQuery<SigningStatus>('status');

/** Look at the documents now: a hint, never trusted as a fact. */
export const checkNowSignal = defineSignal('checkNow');

/** A human's decision, possible only in `needs-attention`. */
export const resolveUpdate = defineUpdate<SigningStatus, [Resolution]>('resolve');

/** The outcome, where a tenant's API cannot tell it. */
export const recordOutcomeUpdate = defineUpdate<SigningStatus, [RecordedOutcome]>('recordOutcome');

/** Search attributes; no personal data in any. */
export const searchAttributes = {
  state: defineSearchAttributeKey('SigningState', 'KEYWORD'),
  method: defineSearchAttributeKey('SigningMethod', 'KEYWORD'),
  employeeId: defineSearchAttributeKey('EmployeeId', 'KEYWORD'),
  crmRecord: defineSearchAttributeKey('CrmRecord', 'KEYWORD'),
  sessionId: defineSearchAttributeKey('FlexpertoSessionId', 'INT'),
  deadline: defineSearchAttributeKey('SigningDeadline', 'DATETIME'),
};
