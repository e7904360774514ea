import type { SigningState } from '../domain/status.js';

/** Why a call or a run failed, in the words that were recorded. */
export interface RecordedFailure {
  /** A `FailureKind` of the domain, or `Timeout` and the like where Temporal itself ended the attempt. */
  readonly type: string;
  readonly message: string;
  /** The status with which flexperto answered, where it did. */
  readonly status: number | null;
}

/** Who sent a message to the session: the identity of a Temporal client, as it came; null where none was recorded. */
type Identity = string | null;

/** What the session has put into its search attributes; null where it has not changed. */
export interface LifecycleAttributes {
  readonly state: SigningState | null;
  readonly deadline: string | null;
}

/** A call of an activity, named by the event that scheduled it. */
interface CallReference {
  readonly scheduled: number;
}

/** What is evidence in an event of a history, its payloads decoded. */
export type HistoryContent =
  | {
      type: 'started';
      by: Identity;
      args: readonly unknown[];
      continuedFrom: string | null;
      firstRunId: string;
      shown: LifecycleAttributes;
    }
  | { type: 'shown'; shown: LifecycleAttributes }
  | { type: 'workflow-task-scheduled' }
  | { type: 'signaled'; by: Identity; name: string }
  | { type: 'update-admitted'; by: Identity; updateId: string; name: string; args: readonly unknown[] }
  /** Without a request where it was admitted before. */
  | { type: 'update-accepted'; by: Identity; updateId: string; name: string | null; args: readonly unknown[] }
  | { type: 'update-completed'; updateId: string; failure: RecordedFailure | null }
  | { type: 'cancel-requested'; by: Identity; reason: string }
  | { type: 'reset'; by: Identity; reason: string; baseRunId: string }
  | { type: 'call-scheduled'; call: string; args: readonly unknown[] }
  | ({ type: 'call-started'; attempt: number; failureBefore: RecordedFailure | null } & CallReference)
  | ({ type: 'call-completed'; result: unknown } & CallReference)
  | ({ type: 'call-failed' | 'call-timed-out'; failure: RecordedFailure | null } & CallReference)
  | ({ type: 'call-cancelled' } & CallReference)
  /** One that was made within a workflow task: all of it stands in one event. */
  | {
      type: 'local-call';
      call: string;
      scheduledAt: string;
      result: unknown;
      failure: RecordedFailure | null;
    }
  | { type: 'completed'; result: unknown }
  | { type: 'failed'; failure: RecordedFailure | null }
  | { type: 'continued'; newRunId: string }
  | { type: 'terminated'; by: Identity; reason: string }
  | { type: 'cancelled' | 'timed-out' };

export type HistoryEvent = HistoryContent & {
  readonly id: number;
  /** ISO 8601 in UTC, by the Temporal server's clock. */
  readonly at: string;
};

/** One run of a session's workflow: the first, or one by which Temporal has continued it or started it over. */
export interface RunHistory {
  readonly runId: string;
  readonly events: readonly HistoryEvent[];
}
