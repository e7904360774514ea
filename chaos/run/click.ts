import type { SigningClient } from '../../src/starter/index.js';
import type { SessionPlan } from '../plan/session.js';

const SECONDS_A_DAY = 86_400;

/** The request that an employee's click sends. */
export function requestOf({ requestId, name, employeeId, method, documents, fate }: SessionPlan): object {
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
    ...(fate.kind === 'expired' ? { deadlineDays: fate.seconds / SECONDS_A_DAY } : {}),
  };
}

/** The employee's click; for some a second one. Throws NoServerError while the server is down: then nobody has accepted it. */
export async function click(signings: SigningClient, plan: SessionPlan): Promise<void> {
  const request = requestOf(plan);
  await signings.start(request);
  if (plan.clickedTwice) await signings.start(request);
}
