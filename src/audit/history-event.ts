import type { SigningState } from '../domain/status.js';

/** Why a call or a run failed, as recorded. */
export interface RecordedFailure {
  /** A `FailureKind` of the domain, or a type such as `Timeout` if Temporal ended the attempt. */
  readonly type: string;
  readonly message: string;
  /** The HTTP status of flexperto's response; null without a response. */
  readonly status: number | null;
}

/** Who sent a message to the signing: the identity of a Temporal client, unchanged; null if none was recorded. */
type Identity = string | null;

/** What the signing wrote into its search attributes; null if unchanged. */
export interface LifecycleAttributes {
  readonly state: SigningState | null;
  readonly deadline: string | null;
}

/** Refers to a call by the event that scheduled its activity. */
interface CallReference {
  readonly scheduled: number;
}

/** The evidence in an event of a history, with decoded payloads. */
export type HistoryContent =
  | {
      type: 'started';
      by: Identity;
      args: readonly unknown[];
      continuedFrom: string | null;
      firstRunId: string;
      attributes: LifecycleAttributes;
    }
  | { type: 'attributes-changed'; attributes: LifecycleAttributes }
  | { type: 'workflow-task-scheduled' }
  | { type: 'signaled'; by: Identity; name: string }
  | { type: 'update-admitted'; by: Identity; updateId: string; name: string; args: readonly unknown[] }
  /** `name` is null if the update was admitted before. */
  | { type: 'update-accepted'; by: Identity; updateId: string; name: string | null; args: readonly unknown[] }
  | { type: 'update-completed'; updateId: string; failure: RecordedFailure | null }
  | { type: 'cancel-requested'; by: Identity; reason: string }
  | { type: 'reset'; by: Identity; reason: string; baseRunId: string }
  | { type: 'call-scheduled'; call: string; args: readonly unknown[] }
  | ({ type: 'call-started'; attempt: number; failureBefore: RecordedFailure | null } & CallReference)
  | ({ type: 'call-completed'; result: unknown } & CallReference)
  | ({ type: 'call-failed' | 'call-timed-out'; failure: RecordedFailure | null } & CallReference)
  | ({ type: 'call-cancelled' } & CallReference)
  /** A local activity: one event records all of it. */
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

/** One run of a signing's workflow: the first, or one that continues or resets it. */
export interface RunHistory {
  readonly runId: string;
  readonly events: readonly HistoryEvent[];
}
