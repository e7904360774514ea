import {
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import {
  conclude,
  isOver,
  remind,
  take,
  waitsForSomebody,
  type CallbackQueue,
  type CallbackStatus,
} from '../domain/callback-queue.js';
import { describeCallbacks } from './callback-details.js';
import { deliver } from './deliver.js';
import { CALLBACK_MEMO, callbackNewsSignal } from './messages.js';
import { watching } from './policies.js';

/** Where the callbacks of a session go. */
export interface CallbackTarget {
  readonly url: string;
  /** Of the session. */
  readonly workflowId: string;
  /** The session's first run: what other starts under the same id say is not its news. */
  readonly session: string;
}

/**
 * Tells a CRM what happens to one session, one event after the other: a later one would overtake, and the record in the
 * CRM end with an old state. Ends after the last event of the session, by 410, or when the session was terminated.
 * Returns how the last event has fared.
 */
export async function signingCallbacks(
  target: CallbackTarget,
  before: CallbackQueue,
): Promise<CallbackStatus | null> {
  let queue = before;
  let heard = 0;
  const change = (now: CallbackQueue): void => {
    queue = now;
    setCurrentDetails(describeCallbacks(queue));
  };
  setHandler(callbackNewsSignal, (session, news) => {
    if (session !== target.session) return;
    heard += 1;
    change(take(queue, news));
  });
  change(queue);

  while (!isOver(queue)) {
    if (workflowInfo().continueAsNewSuggested) return goOn(target, queue);
    const [event] = queue.waiting;
    if (event === undefined) {
      const seen = heard;
      const end = await watch(target, queue, () => heard > seen);
      if (end === 'still-waiting') change(remind(queue, new Date().toISOString()));
      // What the session said before it ended has come before.
      if (end === 'ended' && queue.waiting.length === 0) break;
      continue;
    }
    const { status, gone } = await deliver(target, event);
    change(conclude(queue, status));
    upsertMemo({ [CALLBACK_MEMO]: status });
    if (gone) break;
  }
  return queue.last;
}

/** In a fresh run, to which a memo is not passed on by itself. */
function goOn(target: CallbackTarget, queue: CallbackQueue): Promise<never> {
  const memo = { [CALLBACK_MEMO]: queue.last };
  return makeContinueAsNewFunc<typeof signingCallbacks>({ memo })(target, queue);
}

/** Waits for news, for a reminder to be due, or for the end of a session that says nothing any more. */
async function watch(
  { workflowId }: CallbackTarget,
  queue: CallbackQueue,
  hasNews: () => boolean,
): Promise<'news' | 'still-waiting' | 'ended'> {
  const remind = waitsForSomebody(queue);
  const summary = remind ? 'Wait for news, or until a reminder is due' : 'Wait for news';
  const wait = new CancellationScope({ cancellable: true });
  try {
    return await wait.run(() =>
      Promise.race([
        watching.watchSession.executeWithOptions({ summary }, [{ workflowId, remind }]),
        condition(hasNews).then(() => 'news' as const),
      ]),
    );
  } finally {
    wait.cancel();
  }
}
