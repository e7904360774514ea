import { type StepFailure, isInvalidRequestStatus, lacksVendorResponse } from '../../domain/call-failure.js';
import { idempotent, nonIdempotent } from '../activity-proxies.js';
import { executeAtMostOnce } from '../at-most-once.js';
import { INITIATE_MAX_LATE_EFFECT_MS } from '../retry-policies.js';
import type { Signing } from '../signing.js';
import { createRejection } from '../start-guard.js';
import { toStepFailure } from '../step-failure.js';

/** Creates the contract session and returns its id. @throws ApplicationFailure where the vendor rejects the request itself */
export function initiate(signing: Signing): Promise<number> {
  const { employeeId, name, method, participants } = signing.request;
  return executeAtMostOnce<number>(signing, {
    step: 'initiate',
    isHeartbeatConfirmed: true,
    execute: (safeRunId) =>
      nonIdempotent.initiateSession.executeWithOptions(
        { summary: `Create the contract session (${method})` },
        [{ employeeId, name, method, participants }, safeRunId],
      ),
    adoptResult: ({ sessionId = 0 }) => sessionId,
    rejectionReason: async ({ sessionId = 0 }) => {
      const summary = `Check whether contract session ${sessionId} can be adopted`;
      const rejectionReason = await idempotent.validateAdoption
        .executeWithOptions({ summary }, [{ employeeId, sessionId, participants }])
        // An operator can make the activity fail.
        .catch((error: unknown) => `could not be checked (${toStepFailure(error).message})`);
      return rejectionReason === null ? null : `Contract session ${sessionId} ${rejectionReason}`;
    },
    retryNotBefore: findRetryTime,
    onRefused: (failure) => {
      if (isInvalidRequestStatus(failure.status))
        throw createRejection(`${failure.message}. Nothing was sent.`, 'RequestRejectedByVendor');
    },
  });
}

/** Counted from the call, or from now where a lost worker leaves the time of the call unknown. */
function findRetryTime(failure: StepFailure): number | undefined {
  if (!lacksVendorResponse(failure)) return undefined;
  return Date.now() - (failure.elapsedMs ?? 0) + INITIATE_MAX_LATE_EFFECT_MS;
}
