import type { SignatureFields } from '../domain/request.js';
import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import type { SigningState } from '../domain/status.js';
import type { RecordedFailure } from './history-event.js';

export type { RecordedFailure } from './history-event.js';

/**
 * The evidence of one signing, from the histories of its workflow alone: the same histories give the same record, key by
 * key. It names the participant, since evidence says to whom something was sent. Times are ISO 8601 in UTC, by the
 * Temporal server's clock. `null` is what the history does not say.
 */
export interface SigningAudit {
  /** Of this form; another one comes with a new major version. */
  readonly form: 1;
  readonly requestId: string;
  readonly workflowId: string;
  readonly state: AuditState;
  readonly startedAt: string;
  readonly startedBy: string | null;
  /** Null while the signing is open. */
  readonly endedAt: string | null;
  /** Why it ended without an outcome; null where it has one, or is open. */
  readonly endReason: string | null;
  readonly deadline: string | null;
  /** The contract session at flexperto. */
  readonly sessionId: number | null;
  /** As it came, field by field. */
  readonly request: unknown;
  /** In the request's order; what is known of each at the end of the history. */
  readonly documents: readonly AuditDocument[];
  /** All that has happened, in its order. */
  readonly timeline: readonly AuditEntry[];
  /** From the first to the last. */
  readonly runs: readonly AuditRun[];
  /** Runs that are known to have been and that the server has forgotten: what only they held is not here. */
  readonly forgottenRuns: readonly string[];
}

/**
 * A state of the session. Beyond its states: `rejected`, as the request was at fault and nothing was sent; `terminated`
 * in Temporal; `broken` off by a fault of the worker or its set-up.
 */
export type AuditState = SigningState | 'rejected' | 'terminated' | 'broken';

export interface AuditDocument {
  readonly name: string;
  readonly source: string;
  readonly signatureFields: SignatureFields;
  readonly bytes: number | null;
  /** Of the bytes that were checked; no others are ever sent whole. */
  readonly sha256: string | null;
  readonly pages: number | null;
  /** Signature fields that were found. */
  readonly fields: number | null;
  readonly fileId: string | null;
  readonly documentId: number | null;
  readonly status: string | null;
  readonly failureReason: string | null;
}

/** What Temporal calls a run: the first, one that went on in a fresh history, or one that was reset or started anew. */
export interface AuditRun {
  readonly runId: string;
  readonly origin: 'started' | 'continued' | 'reset';
  /** The run that this one continues or was reset from. */
  readonly before: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly end: RunEnd | null;
}

export type RunEnd = AuditState | 'continued' | 'reset';

/** One thing that has happened, and the event of the history that says so. */
export type AuditEntry = EntryContent & {
  readonly at: string;
  /** Counted from 1, in the order of `runs`. */
  readonly run: number;
  readonly event: number;
};

export type EntryContent =
  AuditDecision | AuditCall | AuditSession | AuditChange | AuditStateChange | AuditEnd;

/** What somebody outside the session has decided or asked for. */
export interface AuditDecision {
  readonly kind: 'decision';
  /** The identity of the Temporal client that sent it. */
  readonly by: string | null;
  readonly decision:
    'start' | 'resolve' | 'recordOutcome' | 'cancel' | 'reset' | 'terminate' | `signal ${string}`;
  readonly content: Resolution | RecordedOutcome | { readonly reason: string } | null;
  /** Handed in again by Temporal after a reset; somebody decided it once, before. */
  readonly again: boolean;
  /** Why the session refused it after all. */
  readonly refusal: string | null;
}

/** A step of the worker: a look at the documents, or a call of flexperto. */
export interface AuditCall {
  readonly kind: 'call';
  /** The activity's name. */
  readonly call: string;
  readonly document: string | null;
  readonly scheduledAt: string;
  readonly end: 'completed' | 'failed' | 'timed-out' | 'cancelled' | 'unfinished';
  /** Tries until this end; null where it has not come to one. */
  readonly attempts: number | null;
  readonly failure: RecordedFailure | null;
  /** Of the try before the last one. */
  readonly failureBefore: RecordedFailure | null;
  /** Of `judgeAdoption`: what speaks against the contract session that was named. */
  readonly objection: string | null;
}

/** The contract session at flexperto has become known. */
export interface AuditSession {
  readonly kind: 'session';
  readonly sessionId: number;
}

/** What has become known of a document. */
export interface AuditChange {
  readonly kind: 'document';
  readonly document: string;
  readonly change: Partial<AuditDocument>;
}

export interface AuditStateChange {
  readonly kind: 'state';
  readonly state: SigningState;
}

/** How a run has ended. */
export interface AuditEnd {
  readonly kind: 'end';
  readonly end: RunEnd;
  readonly reason: string | null;
}
