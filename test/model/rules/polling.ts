import type { SigningStatus } from '../../../src/domain/status.js';
import type { ScheduleRun } from '../recording.js';

/** Longer than the model's longest pause between two looks, the vendor's wish and a lost worker included. */
const MAX_POLL_GAP_MS = 8 * 60 * 60_000;

/** A session that waits for hand-over or signatures, also one that asks a human meanwhile, looks at its documents in between. */
export function keepsPolling({ recording: { events } }: ScheduleRun): string | undefined {
  let since: number | undefined;
  for (const event of events) {
    if (since !== undefined && event.at - since > MAX_POLL_GAP_MS)
      return `it has not looked for ${Math.round((event.at - since) / 60_000)} minutes`;
    if (event.type === 'call' && event.call === 'list' && since !== undefined) since = event.at;
    if (event.type === 'reset') since = undefined;
    if (event.type === 'status') since = isWaiting(event.status) ? (since ?? event.at) : undefined;
  }
  return undefined;
}

function isWaiting({ state, attention }: SigningStatus): boolean {
  return (
    state.startsWith('awaiting') || (state === 'needs-attention' && attention?.step === 'await-completion')
  );
}
