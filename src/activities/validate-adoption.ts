import { ApplicationFailure } from '@temporalio/common';
import { withHeartbeat } from './heartbeat.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure } from './failures.js';
import { getWorkflowExecution } from './at-most-once-guard.js';
import { listRedacted } from './list-documents.js';
import { listPersonalValues } from '../shared/redaction.js';
import type { ContractSessionRef } from '../domain/request.js';

/**
 * Whether a contract session that a human has named can be the one that this signing has created: it is this employee's,
 * no other signing has it, and nothing is attached yet. Else one customer's documents would go to another one.
 * Returns why not, in words that continue "contract session 13 …"; `null` where nothing speaks against it.
 */
export function createValidateAdoption({ flexperto, secrets, isContractSessionTaken }: ActivityDependencies) {
  return async (contractSession: ContractSessionRef): Promise<string | null> => {
    const { employeeId, sessionId } = contractSession;
    if (await isContractSessionTaken(sessionId, getWorkflowExecution().workflowId))
      return 'belongs to another signing';
    const sensitiveValues = [...secrets, ...listPersonalValues(contractSession.participants)];
    try {
      // The one documented call that asks for a session without changing it.
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
