import type { SigningPlan } from '../plan/signing.js';

/** One session on its way. */
export interface SigningRun {
  readonly plan: SigningPlan;
  /** Of its documents, in the request's order. */
  readonly sha256s: readonly string[];
  /** When its start was accepted, in milliseconds. */
  readonly acceptedAt: number;
  /** When the Dashboard first showed it handed over. */
  handedOverAt?: number;
  /** How often a human has decided what it asked. */
  decisionCount?: number;
  /** When customer or employee did what the plan says. */
  actedAt?: number;
}
