import { CancellationScope, CancelledFailure, sleep } from '@temporalio/workflow';
import { type StepFailure, classifyFailure } from '../domain/call-failure.js';
import type { Resolution } from '../domain/resolution.js';
import type { Action, Step } from '../domain/status.js';
import { backoffMs } from './retry-policies.js';
import type { Signing } from './signing.js';
import { toStepFailure } from './step-failure.js';

/** A call that must not have its effect twice. */
export interface NonIdempotentStep<Result> {
  readonly step: Step;
  /** Makes the call, unless a run before `safeRunId` may have made it. */
  execute(safeRunId: string): Promise<Result>;
  /** Whether a confirmed heartbeat precedes the call: without one, a lost worker has not made it. */
  readonly isHeartbeatConfirmed?: boolean;
  /** Prepares an attempt. `lastRefusal`: why the attempt before was refused, after a person's `retry`. */
  prepare?(lastRefusal: StepFailure | undefined): Promise<void>;
  /** Why a successful response does not prove the effect, in one sentence; `undefined` where it does. */
  explainUnverified?(response: Result): string | undefined;
  /** Finds out whether the call took effect, where the API can tell. `failure` is absent where the call was accepted. */
  reconcile?(failure: StepFailure | undefined): Promise<Reconciliation<Result>>;
  /** The result that a person's `adopt` stands for. */
  adoptResult(resolution: Pick<Adoption, 'sessionId'>): Result;
  /** Why a person's `adopt` cannot be right, in one sentence; `null` where it can. */
  rejectionReason?(resolution: Adoption): Promise<string | null>;
  /** From when on a person can retry after this failure, in ms since 1970; immediately where absent. */
  retryNotBefore?(failure: StepFailure): number | undefined;
  /** Ends the signing where the vendor finds fault with the request itself and no earlier attempt can have succeeded. */
  onRefused?(failure: StepFailure): void;
}

/** A person's decision that a call did take effect. */
export type Adoption = Extract<Resolution, { action: 'adopt' }>;

export type Reconciliation<Result> = { readonly result: Result } | 'did-not-take-effect' | 'unknown';

/**
 * Makes a call until it has taken effect once. It retries only if the call surely had no effect; it reconciles an unknown
 * outcome where the API can tell; else a person decides. A call in flight ends even when the signing is cancelled.
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
      const summary = `Pause before a retry of ${call.step}`;
      await sleep(backoffMs(attempt, failure.retryAfterMs), { summary });
      continue;
    }
    const unknownOutcome = { step: call.step, reason: failure.message };
    if (disposition === 'unknown') signing.unknownOutcome = unknownOutcome;
    const reconciliation = await reconcileUnlessCancelled(call, failure);
    if (typeof reconciliation === 'object') return reconciliation.result;
    const isStillUnknown = reconciliation === 'unknown' || isConflict(failure);
    if (reconciliation !== undefined) signing.unknownOutcome = isStillUnknown ? unknownOutcome : undefined;
    if (reconciliation === 'did-not-take-effect' && disposition === 'unknown') continue;
    if (signing.unknownOutcome === undefined) call.onRefused?.(failure);
    const decision = await askPerson(
      signing,
      call,
      failure,
      listActions(signing.unknownOutcome !== undefined),
    );
    if (decision !== 'retry') return decision.adopted;
    if (disposition === 'rejected') lastRefusal = failure;
  }
}

/** Reconciles a call whose successful response proves nothing. Where the API cannot tell, the response counts. */
async function verifyEffect<Result>(
  signing: Signing,
  call: NonIdempotentStep<Result>,
  result: Result,
): Promise<'retry' | { readonly result: Result }> {
  const reason = call.explainUnverified?.(result);
  if (reason === undefined) return { result };
  signing.unknownOutcome = { step: call.step, reason };
  // A signing that is ending asks nobody: its result says what is not proven.
  if (isCancelling()) throw new CancelledFailure('the signing is ending');
  const reconciliation = await call.reconcile?.(undefined);
  if (typeof reconciliation === 'object') return reconciliation;
  if (reconciliation !== 'did-not-take-effect') return { result: call.adoptResult({}) };
  const failure: StepFailure = { kind: 'OutcomeUnknown', message: reason };
  const decision = await askPerson(signing, call, failure, listActions(true));
  return decision === 'retry' ? decision : { result: decision.adopted };
}

/** Waits for a person's decision, and again where an adoption cannot be right. */
async function askPerson<Result>(
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
  // A signing that is ending would still make a call that cannot be cancelled.
  if (isCancelling()) throw new CancelledFailure('the signing is ending');
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
  // A signing that is ending asks nobody: its result says that the outcome is unknown.
  if (isCancelling()) return undefined;
  return classifyFailure(failure) === 'unknown' || isConflict(failure)
    ? call.reconcile?.(failure)
    : undefined;
}

/** A 409 can mean that the call has taken effect before, even where the list does not show it. */
function isConflict({ status }: StepFailure): boolean {
  return status === 409;
}

/** Asks the outer scopes too: a cancellation reaches the inner ones after the other jobs of the same workflow task. */
function isCancelling(): boolean {
  for (let scope: CancellationScope | undefined = CancellationScope.current(); scope; scope = scope.parent) {
    if (scope.consideredCancelled) return true;
  }
  return false;
}

function listActions(mayHaveTakenEffect: boolean): readonly Action[] {
  return mayHaveTakenEffect ? ['retry', 'adopt', 'abort'] : ['retry', 'abort'];
}
