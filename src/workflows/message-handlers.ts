import { ApplicationFailure, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import { type RecordedOutcome, validateOutcome } from '../domain/resolution.js';
import { type SigningStatus, isFinal } from '../domain/status.js';
import {
  checkNowSignal,
  lastFailureQuery,
  recordOutcomeUpdate,
  resolveUpdate,
  statusQuery,
} from './messages.js';
import { FIRST_POLL_TIMEOUT_MS } from './retry-policies.js';
import type { Signing } from './signing.js';

/** Answers queries, signals and updates from now on. */
export function registerHandlers(signing: Signing): void {
  setHandler(statusQuery, signing.status);
  setHandler(lastFailureQuery, () => signing.lastFailure());
  setHandler(checkNowSignal, () => {
    signing.pollRequests += 1;
  });
  setHandler(
    resolveUpdate,
    (decision) => signing.resolve(decision),
    createValidator((decision) => signing.validateDecision(decision)),
  );
  setHandler(
    recordOutcomeUpdate,
    (outcome) => recordOutcome(signing, outcome),
    createValidator((outcome) => validateRecord(signing, outcome)),
  );
}

/**
 * An outcome can come before the first poll has shown whether the tenant has the list call. Where the signing is cancelled
 * meanwhile, the caller gets a rejection that says so.
 */
async function recordOutcome(signing: Signing, outcome: RecordedOutcome): Promise<SigningStatus> {
  const isReady = () => signing.listWorks !== undefined || isFinal(signing.status().state);
  await CancellationScope.nonCancellable(() => condition(isReady, FIRST_POLL_TIMEOUT_MS));
  throwIfRejected(validateRecord(signing, outcome));
  return signing.recordOutcome(outcome);
}

function validateRecord(signing: Signing, outcome: unknown): string | undefined {
  const { state, attention } = signing.status();
  const isWaitingForDecision = state === 'needs-attention' && attention?.step === 'await-completion';
  const isWaiting =
    (state.startsWith('awaiting') || isWaitingForDecision) && signing.recordedOutcome === undefined;
  return validateOutcome(outcome, {
    isWaiting,
    listWorks: signing.listWorks === true && !isWaitingForDecision,
  });
}

function createValidator<Input>(validate: (input: Input) => string | undefined): {
  readonly validator: (input: Input) => void;
} {
  return {
    validator: (input) => {
      throwIfRejected(validate(input));
    },
  };
}

function throwIfRejected(rejectionReason: string | undefined): void {
  if (rejectionReason !== undefined) throw ApplicationFailure.nonRetryable(rejectionReason, 'NotPossible');
}
