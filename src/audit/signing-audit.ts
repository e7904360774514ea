import type { SignatureFields } from '../domain/request.js';
import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import type { SigningState } from '../domain/status.js';
import type { RecordedFailure } from './history-event.js';

export type { RecordedFailure } from './history-event.js';

/**
 * The evidence of one signing, from the histories of its workflow alone: the same histories give the same record, key by
 * key. It names the participant, because evidence says who received something. Times are ISO 8601 in UTC, by the
 * Temporal server's clock. `null` means that the history does not say it.
 */
export interface SigningAudit {
  /** The version of this format; another one comes with a new major version. */
  readonly form: 1;
  readonly requestId: string;
  readonly workflowId: string;
  readonly state: AuditState;
  readonly startedAt: string;
  readonly startedBy: string | null;
  /** Null while the signing is open. */
  readonly endedAt: string | null;
  /** Why it ended without an outcome; null if it has one, or is open. */
  readonly endReason: string | null;
  readonly deadline: string | null;
  /** The contract session at flexperto. */
  readonly sessionId: number | null;
  /** Unchanged, field by field. */
  readonly request: unknown;
  /** In the request's order, as known at the end of the history. */
  readonly documents: readonly AuditDocument[];
  /** All entries, in their order. */
  readonly timeline: readonly AuditEntry[];
  /** From the first to the last. */
  readonly runs: readonly AuditRun[];
  /** Runs that existed and that the server has deleted; what only their histories recorded is missing here. */
  readonly forgottenRuns: readonly string[];
}

/**
 * A state of the signing, or one of three ends without an outcome. `rejected`: the request was at fault and nothing was
 * sent. `terminated`: in Temporal. `broken`: a fault of the worker or its set-up.
 */
export type AuditState = SigningState | 'rejected' | 'terminated' | 'broken';

export interface AuditDocument {
  readonly name: string;
  readonly source: string;
  readonly signatureFields: SignatureFields;
  readonly bytes: number | null;
  /** Of the checked bytes; the worker never sends other bytes as a whole. */
  readonly sha256: string | null;
  readonly pages: number | null;
  /** The number of signature fields in the document. */
  readonly fields: number | null;
  readonly fileId: string | null;
  readonly documentId: number | null;
  readonly status: string | null;
  readonly failureReason: string | null;
}

/** A run of the workflow: the first, one that continues in a fresh history, or one after a reset. */
export interface AuditRun {
  readonly runId: string;
  readonly origin: 'started' | 'continued' | 'reset';
  /** The run that this one continues or resets. */
  readonly before: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly end: RunEnd | null;
}

export type RunEnd = AuditState | 'continued' | 'reset';

/** One entry, and the event of the history that proves it. */
export type AuditEntry = EntryContent & {
  readonly at: string;
  /** Counted from 1, in the order of `runs`. */
  readonly run: number;
  readonly event: number;
};

export type EntryContent =
  AuditDecision | AuditCall | AuditSession | AuditChange | AuditStateChange | AuditEnd;

/** A decision or request from outside the workflow. */
export interface AuditDecision {
  readonly kind: 'decision';
  /** The identity of the Temporal client that sent it. */
  readonly by: string | null;
  readonly decision:
    'start' | 'resolve' | 'recordOutcome' | 'cancel' | 'reset' | 'terminate' | `signal ${string}`;
  readonly content: Resolution | RecordedOutcome | { readonly reason: string } | null;
  /** Reapplied by Temporal after a reset; the decision itself was made once, before. */
  readonly again: boolean;
  /** Why the signing refused it; null if it did not. */
  readonly refusal: string | null;
}

/** An activity of the worker, such as the check of the documents or a call to flexperto. */
export interface AuditCall {
  readonly kind: 'call';
  /** The activity's name. */
  readonly call: string;
  readonly document: string | null;
  readonly scheduledAt: string;
  readonly end: 'completed' | 'failed' | 'timed-out' | 'cancelled' | 'unfinished';
  /** Attempts until this end; null if unfinished. */
  readonly attempts: number | null;
  readonly failure: RecordedFailure | null;
  /** Of the attempt before the last one. */
  readonly failureBefore: RecordedFailure | null;
  /** Of `validateAdoption`: why the signing cannot adopt the contract session. */
  readonly objection: string | null;
}

/** The contract session at flexperto became known. */
export interface AuditSession {
  readonly kind: 'session';
  readonly sessionId: number;
}

/** Fields of a document that became known. */
export interface AuditChange {
  readonly kind: 'document';
  readonly document: string;
  readonly change: Partial<AuditDocument>;
}

export interface AuditStateChange {
  readonly kind: 'state';
  readonly state: SigningState;
}

/** How a run ended. */
export interface AuditEnd {
  readonly kind: 'end';
  readonly end: RunEnd;
  readonly reason: string | null;
}
