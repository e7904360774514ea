import { CancellationScope, CancelledFailure, sleep } from '@temporalio/workflow';
import { judge, type StepFailure } from '../domain/call-failure.js';
import { retryPauseMs } from '../domain/pacing.js';
import type { Resolution } from '../domain/resolution.js';
import type { Action, Step } from '../domain/status.js';
import type { Session } from './session.js';
import { stepFailure } from './step-failure.js';

/** A call that must not have its effect twice. */
export interface UnrepeatableCall<Result> {
  readonly step: Step;
  /** Made only where it is known of this run of the workflow that the run before has not made it. */
  make(knownRun: string): Promise<Result>;
  /** Whether the activity announces the call, so that it is known of a worker that was lost whether it had come so far. */
  readonly isAnnounced?: boolean;
  /** What must be done before a try; `refused` is the refusal of the try before, once a human has said `retry`. */
  prepare?(refused: StepFailure | undefined): Promise<void>;
  /** Why an answer that says yes must still be settled, in one sentence; `undefined` where it proves the effect. */
  unproven?(answer: Result): string | undefined;
  /** Finds out what became of an unclear call, where the API can tell; `failure` is absent where it was accepted. */
  settle?(failure: StepFailure | undefined): Promise<Settled<Result>>;
  /** What a human's "it did happen" stands for. */
  adopted(resolution: Pick<Adoption, 'sessionId'>): Result;
  /** What speaks against it, in one sentence. */
  objection?(resolution: Adoption): Promise<string | null>;
  /** When a human can have the call made again after this failure; at once where it is absent. In ms since 1970. */
  retryFrom?(failure: StepFailure): number | undefined;
  /** Ends the session where the vendor finds fault with the request itself, and no try before can have succeeded. */
  refused?(failure: StepFailure): void;
}

/** A human's word that a call did happen. */
export type Adoption = Extract<Resolution, { action: 'adopt' }>;

export type Settled<Result> = { readonly happened: Result } | 'did-not-happen' | 'cannot-be-known';

/**
 * Makes a call until it has had its effect once: again only when it surely had none; settled where the API can tell;
 * else a human decides. The call in flight is let to end even when the session is cancelled.
 */
export async function exactlyOnce<Result>(session: Session, call: UnrepeatableCall<Result>): Promise<Result> {
  const result = await untilSettled(session, call);
  session.doubt = undefined;
  return result;
}

async function untilSettled<Result>(session: Session, call: UnrepeatableCall<Result>): Promise<Result> {
  let { knownRun } = session;
  let refused: StepFailure | undefined;
  for (let failures = 1; ; failures += 1) {
    if (call.prepare !== undefined) await call.prepare(refused);
    refused = undefined;
    const answer = await attempt(call, knownRun);
    session.showFailure(null);
    if ('result' in answer) {
      // A contract session that this run has created is unknown to the runs before it.
      if (call.step === 'initiate') session.knownRun = knownRun;
      const proven = await prove(session, call, answer.result);
      if (proven !== 'retry') return proven.result;
      continue;
    }
    const { failure } = answer;
    knownRun = failure.runId ?? knownRun;
    const verdict = judge(failure);
    if (verdict === 'try-again') {
      session.showFailure(failure.message);
      const summary = `Next try: ${call.step}`;
      await sleep(retryPauseMs(failures, failure.retryAfterMs), { summary });
      continue;
    }
    const doubt = { step: call.step, reason: failure.message };
    if (verdict === 'unclear') session.doubt = doubt;
    const settled = await settle(call, failure);
    if (typeof settled === 'object') return settled.happened;
    const open = settled === 'cannot-be-known' || isConflict(failure);
    if (settled !== undefined) session.doubt = open ? doubt : undefined;
    if (settled === 'did-not-happen' && verdict === 'unclear') continue;
    if (session.doubt === undefined) call.refused?.(failure);
    const decision = await decide(session, call, failure, actionsAfter(session.doubt !== undefined));
    if (decision !== 'retry') return decision.adopted;
    if (verdict === 'refused') refused = failure;
  }
}

/** Settles a call that was accepted by an answer that proves nothing. Where nobody can know, the answer is believed. */
async function prove<Result>(
  session: Session,
  call: UnrepeatableCall<Result>,
  result: Result,
): Promise<'retry' | { readonly result: Result }> {
  const reason = call.unproven?.(result);
  if (reason === undefined) return { result };
  session.doubt = { step: call.step, reason };
  // A session that is ending asks no more: its result says what is not proven.
  if (isEnding()) throw new CancelledFailure('the session is ending');
  const settled = await call.settle?.(undefined);
  if (typeof settled === 'object') return { result: settled.happened };
  if (settled !== 'did-not-happen') return { result: call.adopted({}) };
  const unknown: StepFailure = { kind: 'OutcomeUnknown', message: reason };
  const decision = await decide(session, call, unknown, actionsAfter(true));
  return decision === 'retry' ? decision : { result: decision.adopted };
}

/** Asks a human, and again where what was said to have happened cannot be it. */
async function decide<Result>(
  session: Session,
  call: UnrepeatableCall<Result>,
  failure: StepFailure,
  actions: readonly Action[],
): Promise<'retry' | { readonly adopted: Result }> {
  const retryFrom = call.retryFrom?.(failure);
  for (let shown = failure.message; ;) {
    const resolution = await session.park(call.step, shown, actions, retryFrom);
    if (resolution.action !== 'adopt') return 'retry';
    const objection = await call.objection?.(resolution);
    if (objection == null) return { adopted: call.adopted(resolution) };
    shown = `${objection}. Before: ${failure.message}`;
  }
}

async function attempt<Result>(
  call: UnrepeatableCall<Result>,
  knownRun: string,
): Promise<{ result: Result } | { failure: StepFailure }> {
  // A call that cannot be cancelled would still be made by a session that is ending.
  if (isEnding()) throw new CancelledFailure('the session is ending');
  try {
    return { result: await CancellationScope.nonCancellable(() => call.make(knownRun)) };
  } catch (error) {
    return { failure: stepFailure(error, call.isAnnounced) };
  }
}

async function settle<Result>(
  call: UnrepeatableCall<Result>,
  failure: StepFailure,
): Promise<Settled<Result> | undefined> {
  // A session that is ending asks no more; that the call was unclear is what its result then says.
  if (isEnding()) return undefined;
  return judge(failure) === 'unclear' || isConflict(failure) ? call.settle?.(failure) : undefined;
}

/** It can mean that the effect is there already, also where the list does not show it. */
function isConflict({ status }: StepFailure): boolean {
  return status === 409;
}

/** Asks the outer scopes too: a cancellation reaches the inner ones only after what is told in the same task. */
function isEnding(): boolean {
  for (let scope: CancellationScope | undefined = CancellationScope.current(); scope; scope = scope.parent) {
    if (scope.consideredCancelled) return true;
  }
  return false;
}

function actionsAfter(mayHaveHappened: boolean): readonly Action[] {
  return mayHaveHappened ? ['retry', 'adopt', 'abort'] : ['retry', 'abort'];
}
