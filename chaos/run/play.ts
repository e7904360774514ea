import type { SessionPlan } from '../plan/session.js';

/** One session on its way. */
export interface Play {
  readonly plan: SessionPlan;
  /** Of its documents, in the request's order. */
  readonly sha256s: readonly string[];
  /** When its start was accepted, in milliseconds. */
  readonly acceptedAt: number;
  /** When the Dashboard first showed it handed over. */
  handedOverAt?: number;
  /** How often a human has decided what it asked. */
  decided?: number;
  /** When customer or employee did what the plan says. */
  doneAt?: number;
}
