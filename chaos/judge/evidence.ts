import type { LedgerEntry } from '../../fake-flexperto/index.js';
import type { SigningStatus } from '../../src/starter/index.js';
import type { SessionPlan } from '../plan/session.js';
import type { ShownSession } from '../run/vendor.js';

/** A session whose start was accepted, with the SHA-256 of its documents in the request's order. */
export interface Order {
  readonly plan: SessionPlan;
  readonly sha256s: readonly string[];
}

/** What Temporal knows of a session in the end. */
export interface WorkflowRecord {
  readonly end: 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out';
  /** The type of the failure with which it failed, such as RequestRefused. */
  readonly failure: string | null;
  /** Of the one that runs by its query, of the one that has ended its result; null where there is neither. */
  readonly status: SigningStatus | null;
  readonly calls: RecordedCalls;
}

/** What a history says was called, at most: an attempt that was cut off before it reached the vendor counts too. */
export interface RecordedCalls {
  readonly initiate: number;
  /** By file id. */
  readonly attach: Readonly<Record<string, number>>;
  /** Attempts that were lost with their worker, by activity; of several at one call the last alone. */
  readonly lost: Readonly<Record<string, number>>;
}

/** Everything the judgement rests on. */
export interface Evidence {
  readonly orders: readonly Order[];
  readonly contracts: readonly ShownSession[];
  readonly ledger: readonly LedgerEntry[];
  /** By requestId; missing where Temporal knows of none. */
  readonly workflows: ReadonlyMap<string, WorkflowRecord>;
}
