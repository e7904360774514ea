import { isRequestAtFault, isUnanswered, type StepFailure } from '../domain/call-failure.js';
import { exactlyOnce } from './exactly-once.js';
import { freely, oneAttempt } from './policies.js';
import type { Session } from './session.js';
import { rejection } from './start-rules.js';

/** So long a call that nobody answered may still have its effect; there is no call that shows whether it had. */
const TAKES_EFFECT_WITHIN_MS = 2 * 60_000;

/** Creates the contract session and returns its id. Fails clearly where the vendor finds fault with the request. */
export function initiate(session: Session): Promise<number> {
  const { employeeId, name, method, participants } = session.request;
  return exactlyOnce<number>(session, {
    step: 'initiate',
    isAnnounced: true,
    make: (knownRun) =>
      oneAttempt.initiateSession.executeWithOptions({ summary: `Create the contract session (${method})` }, [
        { employeeId, name, method, participants },
        knownRun,
      ]),
    adopted: ({ sessionId = 0 }) => sessionId,
    objection: async ({ sessionId = 0 }) => {
      const summary = `Look whether contract session ${sessionId} can be adopted`;
      const why = await freely.judgeAdoption.executeWithOptions({ summary }, [
        { employeeId, sessionId, participants },
      ]);
      return why === null ? null : `Contract session ${sessionId} ${why}`;
    },
    retryFrom,
    refused: (failure) => {
      if (isRequestAtFault(failure.status))
        throw rejection(`${failure.message}. Nothing was sent.`, 'RequestRefused');
    },
  });
}

/** Counted from the call, and where nobody knows when that was, as its worker was lost, from now. */
function retryFrom(failure: StepFailure): number | undefined {
  if (!isUnanswered(failure)) return undefined;
  return Date.now() - (failure.sinceCallMs ?? 0) + TAKES_EFFECT_WITHIN_MS;
}
