import type { SigningClient } from '../../src/client/index.js';
import type { SigningPlan } from '../plan/signing.js';

/** One accepted signing and what has happened to it so far. */
export interface SigningRun {
  readonly plan: SigningPlan;
  /** Of its documents, in the order of the request. */
  readonly sha256s: readonly string[];
  /** When its start was accepted, in milliseconds. */
  readonly acceptedAt: number;
  /** When the Dashboard first showed it handed over. */
  handedOverAt?: number;
  /** How often the operator has decided. */
  decisionCount?: number;
  /** When customer or employee carried out the plan's outcome. */
  actedAt?: number;
}

const SECONDS_PER_DAY = 86_400;

/** The request that the CRM sends when an employee clicks. */
export function createRequest({
  requestId,
  name,
  employeeId,
  method,
  documents,
  outcome,
}: SigningPlan): object {
  return {
    requestId,
    name,
    employeeId,
    method,
    participants: [
      {
        email: `${requestId}@example.invalid`,
        firstname: 'John',
        lastname: 'Doe',
        mobile: '+49176123456789',
      },
    ],
    documents: documents.map((document) => ({ source: `file:${requestId}/${document}`, name: document })),
    ...(outcome.kind === 'expired' ? { deadlineDays: outcome.seconds / SECONDS_PER_DAY } : {}),
  };
}

/** The employee's click, by plan twice. @throws NoServerError while the server is down; then the start was not accepted */
export async function startSigning(signings: SigningClient, plan: SigningPlan): Promise<void> {
  const request = createRequest(plan);
  await signings.start(request);
  if (plan.startsTwice) await signings.start(request);
}
