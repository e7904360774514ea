import { follow, type StatusWithCallback } from '../starter/index.js';
import type { Signings } from './connect.js';
import { endingOf, type Ending } from './endings.js';
import { interruptible } from './interruption.js';
import type { Output } from './output.js';
import { createTroubleTeller } from './trouble.js';

export interface WaitOptions {
  readonly stopAtAttention?: boolean;
}

/**
 * Shows every change until the signing has ended, or needs attention where that is to end the wait. The answer, for
 * programs, is the last status. @throws InterruptedError when this program is asked to end, and what `status` throws
 */
export async function waitForEnd(
  output: Output,
  signings: Signings,
  requestId: string,
  show: (status: StatusWithCallback) => void,
  { stopAtAttention = false }: WaitOptions = {},
): Promise<Ending> {
  const interruption = interruptible(requestId);
  const trouble = createTroubleTeller(output, signings.taskQueue);
  let last: StatusWithCallback | undefined;
  try {
    for await (const sight of follow(signings, requestId, interruption.signal)) {
      trouble.see(sight);
      if ('trouble' in sight) continue;
      last = sight.status;
      show(last);
      if (stopAtAttention && last.state === 'needs-attention') break;
    }
  } finally {
    trouble.stop();
    interruption.stop();
    output.live.clear();
  }
  output.answer(last, []);
  return last === undefined ? 'done' : endingOf(last.state);
}
