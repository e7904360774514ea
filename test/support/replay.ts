import { Worker, type ReplayHistoriesIterable, type ReplayWorkerOptions } from '@temporalio/worker';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';

/**
 * What each history is objected to with, `undefined` where it is replayed. The SDK replays in this thread and leaves a
 * hook on all promises of the process behind, which made the model check in the same process of jest five times slower.
 */
export async function replayHistories(
  histories: ReplayHistoriesIterable,
  options: ReplayWorkerOptions,
): Promise<(Error | undefined)[]> {
  const errors: (Error | undefined)[] = [];
  try {
    for await (const { error } of Worker.runReplayHistories(options, histories)) errors.push(error);
  } finally {
    globalHandlers.uninstall();
  }
  return errors;
}
