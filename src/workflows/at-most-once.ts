import { CancellationScope, CancelledFailure, sleep } from '@temporalio/workflow';
import { classifyFailure, type StepFailure } from '../domain/call-failure.js';
import { retryPauseMs } from './retry-policies.js';
import type { Resolution } from '../domain/resolution.js';
import type { Action, Step } from '../domain/status.js';
import type { Signing } from './signing.js';
import { toStepFailure } from './step-failure.js';

/** A call that must not have its effect twice. */
export interface NonIdempotentStep<Result> {
  readonly step: Step;
  /** Made only where it is known of this run of the workflow that the run before has not made it. */
  execute(knownRun: string): Promise<Result>;
  /** Whether the activity announces the call, so that it is known of a worker that was lost whether it had come so far. */
  readonly isHeartbeatConfirmed?: boolean;
  /** What must be done before a try; `refused` is the refusal of the try before, once a human has said `retry`. */
  prepare?(refused: StepFailure | undefined): Promise<void>;
  /** Why an answer that says yes must still be settled, in one sentence; `undefined` where it proves the effect. */
  explainUnverified?(answer: Result): string | undefined;
  /** Finds out what became of an unclear call, where the API can tell; `failure` is absent where it was accepted. */
  reconcile?(failure: StepFailure | undefined): Promise<Reconciliation<Result>>;
  /** What a human's "it did happen" stands for. */
  adoptResult(resolution: Pick<Adoption, 'sessionId'>): Result;
  /** What speaks against it, in one sentence. */
  rejectionReason?(resolution: Adoption): Promise<string | null>;
  /** When a human can have the call made again after this failure; at once where it is absent. In ms since 1970. */
  retryNotBefore?(failure: StepFailure): number | undefined;
  /** Ends the session where the vendor finds fault with the request itself, and no try before can have succeeded. */
  onRefused?(failure: StepFailure): void;
}

/** A human's word that a call did happen. */
export type Adoption = Extract<Resolution, { action: 'adopt' }>;

export type Reconciliation<Result> = { readonly happened: Result } | 'did-not-happen' | 'cannot-be-known';

/**
 * Makes a call until it has had its effect once: again only when it surely had none; settled where the API can tell;
 * else a human decides. The call in flight is let to end even when the session is cancelled.
 */
export async function executeAtMostOnce<Result>(
  signing: Signing,
  call: NonIdempotentStep<Result>,
): Promise<Result> {
  const result = await executeUntilReconciled(signing, call);
  signing.unknownOutcome = undefined;
  return result;
}

async function executeUntilReconciled<Result>(
  signing: Signing,
  call: NonIdempotentStep<Result>,
): Promise<Result> {
  let { safeRunId } = signing;
  let lastRefusal: StepFailure | undefined;
  for (let attempt = 1; ; attempt += 1) {
    if (call.prepare !== undefined) await call.prepare(lastRefusal);
    lastRefusal = undefined;
    const execution = await tryExecute(call, safeRunId);
    signing.publishFailure(null);
    if ('result' in execution) {
      // A contract session that this run has created is unknown to the runs before it.
      if (call.step === 'initiate') signing.safeRunId = safeRunId;
      const verification = await verifyEffect(signing, call, execution.result);
      if (verification !== 'retry') return verification.result;
      continue;
    }
    const { failure } = execution;
    safeRunId = failure.runId ?? safeRunId;
    const disposition = classifyFailure(failure);
    if (disposition === 'retry') {
      signing.publishFailure(failure.message);
      const summary = `Next try: ${call.step}`;
      await sleep(retryPauseMs(attempt, failure.retryAfterMs), { summary });
      continue;
    }
    const unknownOutcome = { step: call.step, reason: failure.message };
    if (disposition === 'unknown') signing.unknownOutcome = unknownOutcome;
    const reconciliation = await reconcileUnlessCancelled(call, failure);
    if (typeof reconciliation === 'object') return reconciliation.happened;
    const isStillUnknown = reconciliation === 'cannot-be-known' || isConflict(failure);
    if (reconciliation !== undefined) signing.unknownOutcome = isStillUnknown ? unknownOutcome : undefined;
    if (reconciliation === 'did-not-happen' && disposition === 'unknown') continue;
    if (signing.unknownOutcome === undefined) call.onRefused?.(failure);
    const decision = await askHuman(
      signing,
      call,
      failure,
      listActions(signing.unknownOutcome !== undefined),
    );
    if (decision !== 'retry') return decision.adopted;
    if (disposition === 'rejected') lastRefusal = failure;
  }
}

/** Settles a call that was accepted by an answer that proves nothing. Where nobody can know, the answer is believed. */
async function verifyEffect<Result>(
  signing: Signing,
  call: NonIdempotentStep<Result>,
  result: Result,
): Promise<'retry' | { readonly result: Result }> {
  const reason = call.explainUnverified?.(result);
  if (reason === undefined) return { result };
  signing.unknownOutcome = { step: call.step, reason };
  // A session that is ending asks no more: its result says what is not proven.
  if (isCancelling()) throw new CancelledFailure('the session is ending');
  const reconciliation = await call.reconcile?.(undefined);
  if (typeof reconciliation === 'object') return { result: reconciliation.happened };
  if (reconciliation !== 'did-not-happen') return { result: call.adoptResult({}) };
  const failure: StepFailure = { kind: 'OutcomeUnknown', message: reason };
  const decision = await askHuman(signing, call, failure, listActions(true));
  return decision === 'retry' ? decision : { result: decision.adopted };
}

/** Asks a human, and again where what was said to have happened cannot be it. */
async function askHuman<Result>(
  signing: Signing,
  call: NonIdempotentStep<Result>,
  failure: StepFailure,
  actions: readonly Action[],
): Promise<'retry' | { readonly adopted: Result }> {
  const retryNotBefore = call.retryNotBefore?.(failure);
  for (let reason = failure.message; ;) {
    const resolution = await signing.waitForDecision(call.step, reason, actions, retryNotBefore);
    if (resolution.action !== 'adopt') return 'retry';
    const rejectionReason = await call.rejectionReason?.(resolution);
    if (rejectionReason == null) return { adopted: call.adoptResult(resolution) };
    reason = `${rejectionReason}. Before: ${failure.message}`;
  }
}

async function tryExecute<Result>(
  call: NonIdempotentStep<Result>,
  safeRunId: string,
): Promise<{ result: Result } | { failure: StepFailure }> {
  // A call that cannot be cancelled would still be made by a session that is ending.
  if (isCancelling()) throw new CancelledFailure('the session is ending');
  try {
    return { result: await CancellationScope.nonCancellable(() => call.execute(safeRunId)) };
  } catch (error) {
    return { failure: toStepFailure(error, call.isHeartbeatConfirmed) };
  }
}

async function reconcileUnlessCancelled<Result>(
  call: NonIdempotentStep<Result>,
  failure: StepFailure,
): Promise<Reconciliation<Result> | undefined> {
  // A session that is ending asks no more; that the call was unclear is what its result then says.
  if (isCancelling()) return undefined;
  return classifyFailure(failure) === 'unknown' || isConflict(failure)
    ? call.reconcile?.(failure)
    : undefined;
}

/** It can mean that the effect is there already, also where the list does not show it. */
function isConflict({ status }: StepFailure): boolean {
  return status === 409;
}

/** Asks the outer scopes too: a cancellation reaches the inner ones only after what is told in the same task. */
function isCancelling(): boolean {
  for (let scope: CancellationScope | undefined = CancellationScope.current(); scope; scope = scope.parent) {
    if (scope.consideredCancelled) return true;
  }
  return false;
}

function listActions(mayHaveHappened: boolean): readonly Action[] {
  return mayHaveHappened ? ['retry', 'adopt', 'abort'] : ['retry', 'abort'];
}
