import type { Method, SignatureFields } from './request.js';

/** States of a signing, in the order of its lifecycle; `handing-over` only where the hand-over call is configured. */
export const OPEN_STATES = [
  'checking-documents', 'initiating', 'uploading', 'attaching', 'handing-over',
  'awaiting-handover', 'awaiting-signature', 'needs-attention',
] as const; // prettier-ignore
export const FINAL_STATES = ['completed', 'failed', 'withdrawn', 'expired', 'cancelled'] as const;

export type OpenState = (typeof OPEN_STATES)[number];
export type FinalState = (typeof FINAL_STATES)[number];
export type SigningState = OpenState | FinalState;

export function isFinal(state: SigningState): state is FinalState {
  return FINAL_STATES.some((final) => final === state);
}

/** Steps at which a signing can need a decision: those with a remote effect, and the check where an earlier run may have had one. */
export const STEPS = [
  'check-documents', 'initiate', 'request-upload-url', 'upload', 'attach', 'hand-over', 'await-completion',
] as const; // prettier-ignore
export type Step = (typeof STEPS)[number];

export const ACTIONS = ['retry', 'adopt', 'abort'] as const;
export type Action = (typeof ACTIONS)[number];

/** Why a signing needs a decision, and the possible actions. In a final state: why it ended or what is left, without actions. */
export interface Attention {
  /** Unique within the signing; a decision names it. */
  readonly id: string;
  readonly step: Step;
  readonly reason: string;
  readonly actions: readonly Action[];
  /** Since when the decision is needed; ISO 8601 in UTC. */
  readonly since: string;
}

/** A document as the status shows it; `null` where a value is not known yet. */
export interface DocumentState {
  readonly name: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly signatureFields: SignatureFields;
  /** The uploaded file. */
  readonly fileId: string | null;
  /** The file as attached to the contract session. */
  readonly documentId: number | null;
  /** The vendor's status, unchanged. */
  readonly status: string | null;
  readonly failureReason: string | null;
}

/** The result of the query `status` and of the workflow. Times are ISO 8601 in UTC. */
export interface SigningStatus {
  readonly state: SigningState;
  readonly requestId: string;
  readonly sessionId: number | null;
  readonly name: string;
  readonly method: Method;
  readonly employeeId: string;
  readonly crmRecord: string | null;
  readonly documents: readonly DocumentState[];
  readonly attention: Attention | null;
  readonly deadline: string;
  readonly updatedAt: string;
}
