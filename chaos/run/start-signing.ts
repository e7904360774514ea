import type { SigningClient } from '../../src/client/index.js';
import type { SigningPlan } from '../plan/signing.js';

const SECONDS_PER_DAY = 86_400;

/** The request that an employee's click sends. */
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

/** The employee's click; for some a second one. Throws NoServerError while the server is down: then nobody has accepted it. */
export async function startSigning(signings: SigningClient, plan: SigningPlan): Promise<void> {
  const request = createRequest(plan);
  await signings.start(request);
  if (plan.startsTwice) await signings.start(request);
}
