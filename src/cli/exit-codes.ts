import type { SigningState } from '../domain/status.js';

/** How a command can end: its exit code and the meaning of that code. */
export const EXIT_CODES = {
  done: [0, 'done; for a command that waits for the end: completed'],
  unexpected: [1, 'unexpected: an error in this program or in the signing worker'],
  usage: [2, 'wrong usage, wrong variable or no access to Temporal; nothing was done'],
  invalid: [3, 'the request or a document is invalid, or was rejected; nothing was sent'],
  notFound: [4, 'there is no such signing'],
  notPossible: [5, 'not possible now: the signing is in another state, or the requestId is in use'],
  unanswered: [6, 'no Temporal server or no worker answers; the signing itself is safe'],
  failed: [10, 'waited for the end: failed; for any command: broke off without an outcome'],
  withdrawn: [11, 'waited for the end: all documents were deleted at flexperto'],
  expired: [12, 'waited for the end: the deadline has passed'],
  cancelled: [13, 'waited for the end: cancelled or aborted; for any command: terminated in Temporal'],
  attention: [14, 'waited with --stop-at-attention: a person must decide'],
  interrupted: [130, 'interrupted, for example by Ctrl-C; the signing continues'],
  unread: [141, 'the reader of the output closed it, for example a pipe; the signing continues'],
} as const;

export type ExitReason = keyof typeof EXIT_CODES;

/** The exit codes as `--help` shows them. */
export function describeExitCodes(): string {
  const lines = Object.values(EXIT_CODES).map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`);
  return ['Exit codes:', ...lines].join('\n');
}

/** How a command ends after it has waited for this state. */
export function toExitReason(state: SigningState): ExitReason {
  const reasons: readonly ExitReason[] = ['failed', 'withdrawn', 'expired', 'cancelled'];
  return state === 'needs-attention' ? 'attention' : (reasons.find((reason) => reason === state) ?? 'done');
}
