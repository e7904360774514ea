import { CancellationScope, sleep } from '@temporalio/workflow';
import { judge, type StepFailure } from '../domain/call-failure.js';
import { retryPauseMs } from '../domain/pacing.js';
import type { Resolution } from '../domain/resolution.js';
import type { Step } from '../domain/status.js';
import type { Session } from './session.js';
import { stepFailure } from './step-failure.js';

/** A call that must not have its effect twice. */
export interface UnrepeatableCall<Result> {
  readonly step: Step;
  make(): Promise<Result>;
  /** Finds out what became of an unclear call, where the API can tell. */
  settle?(): Promise<Settled<Result>>;
  /** What a human's "it did happen" stands for. */
  adopted(resolution: Resolution): Result;
  /** Ends the session where the vendor finds fault with the request itself. */
  refused?(failure: StepFailure): void;
}

export type Settled<Result> = { readonly happened: Result } | 'did-not-happen' | 'cannot-be-known';

/**
 * Makes a call until it has had its effect once: again only when it surely had none; settled where the API can tell;
 * else a human decides. The call in flight is let to end even when the session is cancelled.
 */
export async function exactlyOnce<Result>(session: Session, call: UnrepeatableCall<Result>): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    const answer = await attempt(call);
    if ('result' in answer) return answer.result;
    const { failure } = answer;
    const verdict = judge(failure);
    if (verdict === 'try-again') {
      const summary = `Next try: ${call.step}`;
      await sleep(retryPauseMs(failures, failure.retryAfterMs), { summary });
      continue;
    }
    // A conflict can mean that the effect is there already.
    const settled = verdict === 'unclear' || failure.status === 409 ? await call.settle?.() : undefined;
    if (typeof settled === 'object') return settled.happened;
    if (settled === 'did-not-happen' && verdict === 'unclear') continue;
    if (verdict === 'refused') call.refused?.(failure);
    const actions =
      verdict === 'unclear' ? (['retry', 'adopt', 'abort'] as const) : (['retry', 'abort'] as const);
    const resolution = await session.park(call.step, failure.message, actions);
    if (resolution.action === 'adopt') return call.adopted(resolution);
  }
}

async function attempt<Result>(
  call: UnrepeatableCall<Result>,
): Promise<{ result: Result } | { failure: StepFailure }> {
  try {
    return { result: await CancellationScope.nonCancellable(() => call.make()) };
  } catch (error) {
    return { failure: stepFailure(error) };
  }
}
