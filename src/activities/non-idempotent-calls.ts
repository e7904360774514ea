import type { ContractSessionRef, SigningRequest } from '../domain/request.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import { listPersonalValues, redactDocument } from '../shared/redaction.js';
import { callAtMostOnce } from './at-most-once-guard.js';
import type { ActivityDependencies } from './dependencies.js';
import { withConfirmedHeartbeat, withHeartbeat } from './heartbeat.js';

/** The hand-over, where it is configured. It has one attempt, and a cancellation does not interrupt it. */
export function createHandOverSession({ flexperto, secrets }: ActivityDependencies) {
  return (contractSession: ContractSessionRef, safeRunId: string): Promise<void> => {
    const { employeeId, sessionId } = contractSession;
    const context = { sensitiveValues: [...secrets, ...listPersonalValues(contractSession.participants)] };
    return callAtMostOnce({ name: 'hand over', safeRunId }, context, () =>
      withHeartbeat(() => flexperto.handOver({ employeeId }, sessionId)),
    );
  };
}

/** Call 4. It has one attempt, and a cancellation does not interrupt it. `null` where the response is empty. */
export function createAttachDocument({ flexperto, secrets }: ActivityDependencies) {
  return (
    contractSession: ContractSessionRef,
    { fileId, name }: { readonly fileId: string; readonly name: string },
    safeRunId: string,
  ): Promise<VendorDocument | null> => {
    const { employeeId, sessionId } = contractSession;
    const sensitiveValues = [...secrets, ...listPersonalValues(contractSession.participants)];
    return callAtMostOnce(
      { name: `${name}: attach`, safeRunId },
      { document: name, sensitiveValues },
      async () => {
        const attached = await withHeartbeat(() =>
          flexperto.attachDocument({ employeeId }, sessionId, fileId),
        );
        return attached === null ? null : redactDocument(attached, sensitiveValues);
      },
    );
  };
}

/** Call 1. It has one attempt, and a cancellation does not interrupt it. Returns the id of the contract session. */
export function createInitiateSession({
  flexperto,
  secrets,
}: Pick<ActivityDependencies, 'flexperto' | 'secrets'>) {
  return (
    request: Pick<SigningRequest, 'employeeId' | 'name' | 'method' | 'participants'>,
    safeRunId: string,
  ): Promise<number> => {
    const { employeeId, participants } = request;
    let calledAt: number | undefined;
    const context = {
      sensitiveValues: [...secrets, ...listPersonalValues(participants)],
      get elapsedMs() {
        return calledAt === undefined ? undefined : performance.now() - calledAt;
      },
    };
    return callAtMostOnce({ name: 'initiate', safeRunId, isHeartbeatConfirmed: true }, context, () =>
      withConfirmedHeartbeat('initiate', () => {
        calledAt = performance.now();
        return flexperto.initiateSession({ employeeId }, request);
      }),
    );
  };
}
