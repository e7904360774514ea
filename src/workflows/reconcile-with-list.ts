import { sleep } from '@temporalio/workflow';
import { type StepFailure, mayStillBeRunning } from '../domain/call-failure.js';
import { describeSurplus } from '../domain/list-discrepancy.js';
import type { Step } from '../domain/status.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import { idempotent } from './activity-proxies.js';
import type { Reconciliation } from './at-most-once.js';
import { RECONCILE_PAUSES_AFTER_ERROR_MS, RECONCILE_PAUSES_AFTER_TIMEOUT_MS } from './retry-policies.js';
import { type Signing, getContractSession } from './signing.js';
import { toStepFailure } from './step-failure.js';

/**
 * Finds out by the list of documents whether a call took effect, and retries the list until it answers. The call can still
 * be under way, and a list can lag: so the call had no effect only if the last of several lists lacks it too. Without a
 * list call the outcome stays unknown. `failure` is absent where the call was accepted. After a reset only the first call
 * waits: then no call of the run before is under way any more.
 */
export async function reconcileWithList<Result>(
  signing: Signing,
  step: Step,
  failure: StepFailure | undefined,
  findEffect: (listed: VendorDocument[]) => Reconciliation<Result>,
): Promise<Reconciliation<Result>> {
  const pauses = [...selectPauses(signing, failure)];
  let reconciliation = await listUntilUnambiguous(signing, step, findEffect);
  for (let pause = pauses.shift(); pause !== undefined; pause = pauses.shift()) {
    // A person can find an effect only once it is there: so a person, too, is asked only after the last list.
    const isUndecided =
      reconciliation === 'did-not-take-effect' || (reconciliation === 'unknown' && failure !== undefined);
    if (!isUndecided) return reconciliation;
    const wasMissing = signing.listWorks === false;
    await sleep(pause, { summary: `Pause before another check whether ${step} took effect` });
    reconciliation = await listUntilUnambiguous(signing, step, findEffect);
    // While the list call seemed missing, it has shown nothing: this list counts as the first one.
    if (wasMissing && signing.listWorks === true && pauses.length === 0) pauses.push(pause);
  }
  signing.waitedRunId = failure?.runId ?? signing.waitedRunId;
  return reconciliation;
}

function selectPauses(signing: Signing, failure: StepFailure | undefined): readonly number[] {
  if (failure?.runId !== undefined && failure.runId === signing.waitedRunId) return [];
  return failure === undefined || mayStillBeRunning(failure)
    ? RECONCILE_PAUSES_AFTER_TIMEOUT_MS
    : RECONCILE_PAUSES_AFTER_ERROR_MS;
}

async function listUntilUnambiguous<Result>(
  signing: Signing,
  step: Step,
  findEffect: (listed: VendorDocument[]) => Reconciliation<Result>,
): Promise<Reconciliation<Result>> {
  for (;;) {
    const listed = await listUntilAnswered(signing, step);
    if (listed === 'missing') return 'unknown';
    const discrepancy = describeSurplus(signing.status().documents, listed);
    if (!signing.isNewDiscrepancy(discrepancy)) return findEffect(listed);
    await signing.waitForDecision(step, discrepancy, ['retry', 'abort']);
  }
}

async function listUntilAnswered(signing: Signing, step: Step): Promise<VendorDocument[] | 'missing'> {
  for (;;) {
    try {
      const request = { ...getContractSession(signing), listWorks: signing.listWorks === true };
      const summary = `Check whether ${step} took effect`;
      const listed = await idempotent.listDocuments.executeWithOptions({ summary }, [request]);
      signing.listWorks = true;
      return listed;
    } catch (error) {
      const failure = toStepFailure(error);
      if (failure.kind === 'CallNotSupported') {
        signing.listWorks = false;
        return 'missing';
      }
      // The vendor rejects the list: after a person's `retry`, the list is read again, not the call made.
      await signing.waitForDecision(
        step,
        `${failure.message}. The list of documents decides whether ${step} must be repeated.`,
        ['retry', 'abort'],
      );
    }
  }
}
