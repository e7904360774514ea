import { sleep } from '@temporalio/workflow';
import { mayStillBeRunning, type StepFailure } from '../domain/call-failure.js';
import { describeSurplus } from '../domain/list-discrepancy.js';
import type { Step } from '../domain/status.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import type { Reconciliation } from './at-most-once.js';
import { idempotent } from './activity-proxies.js';
import { RECONCILE_PAUSES_AFTER_ERROR_MS, RECONCILE_PAUSES_AFTER_TIMEOUT_MS } from './retry-policies.js';
import { getContractSession, type Signing } from './signing.js';
import { toStepFailure } from './step-failure.js';

/**
 * Settles an unclear call by the list of documents. While the list itself fails, it is the list that is tried again. A
 * call whose answer was lost can still be under way, and a list can lag: so the effect did not happen only where the
 * last of several looks lacks it too. Where there is no list call, nobody can know. `failure`: what the call came back
 * with; absent where it was accepted. After a reset only the first call waits: by then the run before has no call under way.
 */
export async function reconcileWithList<Result>(
  signing: Signing,
  step: Step,
  failure: StepFailure | undefined,
  findEffect: (listed: VendorDocument[]) => Reconciliation<Result>,
): Promise<Reconciliation<Result>> {
  let reconciliation = await listUntilUnambiguous(signing, step, findEffect);
  for (const pause of selectPauses(signing, failure)) {
    // What a human is to find out must be there to be found: a human, too, is asked only after the last look.
    const isUndecided =
      reconciliation === 'did-not-happen' || (reconciliation === 'cannot-be-known' && failure !== undefined);
    if (!isUndecided) return reconciliation;
    await sleep(pause, { summary: `Pause before another look what became of ${step}` });
    reconciliation = await listUntilUnambiguous(signing, step, findEffect);
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
    if (listed === 'missing') return 'cannot-be-known';
    const discrepancy = describeSurplus(signing.status().documents, listed);
    if (!signing.isNewDiscrepancy(discrepancy)) return findEffect(listed);
    await signing.waitForDecision(step, discrepancy, ['retry', 'abort']);
  }
}

async function listUntilAnswered(signing: Signing, step: Step): Promise<VendorDocument[] | 'missing'> {
  for (;;) {
    try {
      const request = { ...getContractSession(signing), listWorks: signing.listWorks === true };
      const summary = `Look what became of ${step}`;
      const listed = await idempotent.listDocuments.executeWithOptions({ summary }, [request]);
      signing.listWorks = true;
      return listed;
    } catch (error) {
      const failure = toStepFailure(error);
      if (failure.kind === 'CallNotSupported') {
        signing.listWorks = false;
        return 'missing';
      }
      // The list was refused: once that is put right, it is the list that is asked again.
      await signing.waitForDecision(
        step,
        `${failure.message}. It decides whether ${step} must be repeated.`,
        ['retry', 'abort'],
      );
    }
  }
}
