import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { type ReplayHistoriesIterable, type ReplayWorkerOptions, Worker } from '@temporalio/worker';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Replays each history, and returns its error, or `undefined` if the replay succeeds. The SDK leaves a hook on all promises
 * of the process; uninstalling it keeps later tests in the same jest process from being five times slower.
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

export type History = ReturnType<typeof historyFromJSON>;

const FOLDER = resolve('test/histories');

/** Every recorded history, such as `0.1.0/completed.json`. */
export const RECORDED_HISTORIES = readdirSync(FOLDER).flatMap((version) =>
  readdirSync(join(FOLDER, version)).map((file) => join(version, file)),
);

/** The histories of signings, without those of callbacks. */
export const RECORDED_SIGNING_HISTORIES = RECORDED_HISTORIES.filter(
  (file) => !file.endsWith('-callbacks.json'),
);

export const readRecordedHistory = (file: string): History =>
  historyFromJSON(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));

export const workflowIdOf = (file: string): string => `signing-${/([^/]+)\.json$/.exec(file)?.[1] ?? ''}`;
