import type { LedgerEntry } from '../../fake-flexperto/index.js';
import type { SigningStatus } from '../../src/client/index.js';
import type { SigningPlan } from '../plan/signing.js';
import type { ContractSession } from '../run/vendor.js';

/** What must not happen, as the table names it. */
export const VIOLATIONS = {
  'at-odds': 'status differs from the vendor',
  'created-twice': 'contract sessions created twice',
  'attached-twice': 'documents attached twice',
  'order-or-bytes': 'documents in the wrong order or with wrong bytes',
  lost: 'lost',
} as const;
export type ViolationKind = keyof typeof VIOLATIONS;

/** One violation in one signing. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly requestId: string;
  readonly description: string;
}

/** A signing whose start was accepted, with the SHA-256 of its documents in the order of the request. */
export interface AcceptedSigning {
  readonly plan: SigningPlan;
  readonly sha256s: readonly string[];
}

/** What Temporal has of a signing at the end of the run. */
export interface WorkflowRecord {
  readonly end: 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out';
  /** The type of its failure, such as RequestRejected. */
  readonly failure: string | null;
  /** The answer to its query while it runs, else its result; null if both are missing. */
  readonly status: SigningStatus | null;
  readonly calls: RecordedCalls;
}

/** The calls in a history. An attempt that never reached the vendor counts too, so these are upper limits. */
export interface RecordedCalls {
  readonly initiate: number;
  /** By file id. */
  readonly attach: Readonly<Record<string, number>>;
  /** Attempts that were lost with their worker, by activity; of one call, only the last. */
  readonly lost: Readonly<Record<string, number>>;
}

/** Everything that is compared. */
export interface Evidence {
  readonly acceptedSignings: readonly AcceptedSigning[];
  readonly contractSessions: readonly ContractSession[];
  readonly ledger: readonly LedgerEntry[];
  /** By requestId; absent if Temporal has none. */
  readonly workflows: ReadonlyMap<string, WorkflowRecord>;
}
