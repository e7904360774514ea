import type { LedgerEntry } from '../../fake-flexperto/index.js';
import type { SigningStatus } from '../../src/client/index.js';
import type { SigningPlan } from '../plan/signing.js';
import type { ContractSession } from '../run/vendor.js';

/** What must not happen. The last four are what the run is for. */
export const VIOLATIONS = {
  'at-odds': 'told otherwise than the vendor knows it',
  'created-twice': 'contract sessions created twice',
  'attached-twice': 'documents attached twice',
  'order-or-bytes': 'documents in the wrong order or with wrong bytes',
  lost: 'lost',
} as const;
export type ViolationKind = keyof typeof VIOLATIONS;

/** One offence against one session, and what exactly it is. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly requestId: string;
  readonly description: string;
}

/** A session whose start was accepted, with the SHA-256 of its documents in the request's order. */
export interface AcceptedSigning {
  readonly plan: SigningPlan;
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
  readonly acceptedSignings: readonly AcceptedSigning[];
  readonly contractSessions: readonly ContractSession[];
  readonly ledger: readonly LedgerEntry[];
  /** By requestId; missing where Temporal knows of none. */
  readonly workflows: ReadonlyMap<string, WorkflowRecord>;
}
