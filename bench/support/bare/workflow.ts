import { proxyActivities } from '@temporalio/workflow';
import type { nothing } from './activities.js';

const activities = proxyActivities<{ nothing: typeof nothing }>({ startToCloseTimeout: '1 minute' });

/** So many activities that do nothing, one after the other. */
export async function bare(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await activities.nothing();
}
