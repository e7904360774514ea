import type { SigningStatus } from '../../../src/domain/status.js';
import type { ScheduleRun } from '../recording.js';

/** Longer than the model's longest pause between two polls, with a Retry-After and a lost worker. */
const MAX_POLL_GAP_MS = 8 * 60 * 60_000;

/** A signing that waits for hand-over or signatures polls its documents, also while it needs a decision. */
export function keepsPolling({ recording: { events } }: ScheduleRun): string | undefined {
  let since: number | undefined;
  for (const event of events) {
    if (since !== undefined && event.at - since > MAX_POLL_GAP_MS)
      return `it has not polled for ${Math.round((event.at - since) / 60_000)} minutes`;
    if (event.type === 'call' && event.call === 'list' && since !== undefined) since = event.at;
    if (event.type === 'reset') since = undefined;
    // Nothing polls during a pause.
    if (event.type === 'operator' && since !== undefined) since = event.at;
    if (event.type === 'status') since = isWaiting(event.status) ? (since ?? event.at) : undefined;
  }
  return undefined;
}

function isWaiting({ state, attention }: SigningStatus): boolean {
  return (
    state.startsWith('awaiting') || (state === 'needs-attention' && attention?.step === 'await-completion')
  );
}
