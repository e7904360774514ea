import { proxyActivities, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '../../../src/workflows/messages.js';
import type { nothing } from './worker.js';

const activities = proxyActivities<{ nothing: typeof nothing }>({ startToCloseTimeout: '1 minute' });

/** Runs `count` activities that do nothing, one by one, with a change of search attributes before each of the first `changes`. */
export async function bare(count: number, changes: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    if (done < changes) upsertSearchAttributes([{ key: searchAttributes.state, value: `bare-${done}` }]);
    await activities.nothing();
  }
}
