import { isRequestAtFault } from '../domain/call-failure.js';
import { exactlyOnce } from './exactly-once.js';
import { oneAttempt } from './policies.js';
import type { Session } from './session.js';
import { rejection } from './start-rules.js';

/** Creates the contract session and returns its id. Fails clearly where the vendor finds fault with the request. */
export function initiate(session: Session): Promise<number> {
  const { employeeId, name, method, participants } = session.request;
  return exactlyOnce<number>(session, {
    step: 'initiate',
    make: () =>
      oneAttempt.initiateSession.executeWithOptions({ summary: `Create the contract session (${method})` }, [
        { employeeId, name, method, participants },
      ]),
    adopted: (resolution) => (resolution.action === 'adopt' ? (resolution.sessionId ?? 0) : 0),
    refused: (failure) => {
      if (isRequestAtFault(failure.status))
        throw rejection(`${failure.message}. Nothing was sent.`, 'RequestRefused');
    },
  });
}
