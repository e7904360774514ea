import {
  CancellationScope,
  getExternalWorkflowHandle,
  log,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { newsOf, type CallbackNews } from '../domain/callback-event.js';
import { openQueue } from '../domain/callback-queue.js';
import type { SigningRequest } from '../domain/request.js';
import type { SigningStatus } from '../domain/status.js';
import { CALLBACKS_WORKFLOW_TYPE, callbacksIdOf, callbackNewsSignal } from './messages.js';
import type { signingCallbacks } from './signing-callbacks.js';

/**
 * Passes the news of a session on to its callbacks workflow, in order. Never throws and is never waited for but at the
 * end of a run: a session goes its way whatever becomes of the callbacks.
 */
export interface CallbackTeller {
  tell(before: SigningStatus, after: SigningStatus, rejected: boolean): void;
  /** Resolves when the server has all that was told. */
  told(): Promise<void>;
  /** Whether the callbacks workflow was started; for the run that continues this one. */
  readonly started: true | undefined;
}

/** `started`: by the run before. A request without an address for callbacks adds nothing to the history. */
export function createCallbackTeller({ callbackUrl }: SigningRequest, started?: true): CallbackTeller {
  let begun = started;
  let told = Promise.resolve();
  return {
    tell: (before, after, rejected) => {
      if (callbackUrl === undefined || callbackUrl === '') return;
      const news = newsOf(before, after, rejected);
      if (news === undefined) return;
      const pass = begun === undefined ? () => startOrSignal(callbackUrl, news) : () => signal(news);
      begun = true;
      // A session that is being cancelled has news as well.
      told = told.then(() => CancellationScope.nonCancellable(pass)).catch(leave);
    },
    told: () => told,
    get started() {
      return begun;
    },
  };
}

/** There is a callbacks workflow already where Temporal has started the session over. */
function startOrSignal(url: string, news: CallbackNews): Promise<void> {
  return start(url, news).catch(() => signal(news));
}

async function start(url: string, news: CallbackNews): Promise<void> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  await startChild<typeof signingCallbacks>(CALLBACKS_WORKFLOW_TYPE, {
    workflowId: callbacksIdOf(workflowId),
    args: [{ url, workflowId, session: firstExecutionRunId }, openQueue(news)],
    // It outlives the session, and an order number is given once.
    parentClosePolicy: 'ABANDON',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: `Callbacks of ${workflowId}`,
  });
}

async function signal(news: CallbackNews): Promise<void> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const callbacks = getExternalWorkflowHandle(callbacksIdOf(workflowId));
  await callbacks.signal(callbackNewsSignal, firstExecutionRunId, news);
}

/** Also where the callbacks have ended, after a 410 or by somebody's hand. */
function leave(error: unknown): void {
  log.warn('a CRM is not told of a change', { reason: error instanceof Error ? error.name : 'unknown' });
}
