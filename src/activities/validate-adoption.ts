import { ApplicationFailure } from '@temporalio/common';
import type { ContractSessionRef } from '../domain/request.js';
import { listPersonalValues } from '../shared/redaction.js';
import { getWorkflowExecution } from './at-most-once-guard.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure } from './failures.js';
import { withHeartbeat } from './heartbeat.js';
import { listRedacted } from './list-documents.js';

/**
 * Checks that a contract session that a person has named can belong to this signing: the employee owns it, no other signing
 * has it, and it has no documents. Otherwise one customer's documents could go to another customer.
 * Returns the reason for a rejection, which completes "contract session 13 …"; `null` where the session can be adopted.
 */
export function createValidateAdoption({ flexperto, secrets, isContractSessionTaken }: ActivityDependencies) {
  return async (contractSession: ContractSessionRef): Promise<string | null> => {
    const { employeeId, sessionId } = contractSession;
    if (await isContractSessionTaken(sessionId, getWorkflowExecution().workflowId))
      return 'belongs to another signing';
    const sensitiveValues = [...secrets, ...listPersonalValues(contractSession.participants)];
    try {
      // The only documented call that reads a contract session without changing it.
      await withHeartbeat(() => flexperto.requestUploadUrl({ employeeId }, sessionId));
      const documents = await withHeartbeat(() =>
        listRedacted(flexperto, { ...contractSession, listWorks: false }, sensitiveValues),
      );
      const remaining = documents.filter(({ status }) => status !== 'DELETED');
      return remaining.length === 0
        ? null
        : 'has documents already: delete them in the flexperto Dashboard first';
    } catch (error) {
      return toRejectionReason(toFailure(error, { sensitiveValues }));
    }
  };
}

function toRejectionReason(failure: unknown): string | null {
  if (!(failure instanceof ApplicationFailure)) throw failure;
  if (failure.type === 'CallNotSupported' || failure.type === 'AnswerNotUnderstood') return null;
  if (failure.type === 'Refused' && failure.nonRetryable === true)
    return `cannot be used: ${failure.message}`;
  throw failure;
}
