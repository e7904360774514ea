import { proxyActivities, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '../../../src/workflows/messages.js';
import type { nothing } from './worker.js';

const activities = proxyActivities<{ nothing: typeof nothing }>({ startToCloseTimeout: '1 minute' });

/** So many activities that do nothing, one after the other; before the first ones, so many changes of what it can be found by. */
export async function bare(count: number, changes: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    if (done < changes) upsertSearchAttributes([{ key: searchAttributes.state, value: `bare-${done}` }]);
    await activities.nothing();
  }
}
