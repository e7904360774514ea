import { cancellationSignal } from '@temporalio/activity';
import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure } from './failures.js';
import { personalValues } from './redact.js';
import type { SessionRef } from './session-ref.js';

/** An upload URL as it stands in the history. Times in milliseconds since 1970. */
export interface SealedUploadUrl {
  readonly sealed: string;
  readonly expiresAt: number;
  readonly receivedAt: number;
}

/** Call 2; retried freely. */
export function createRequestUploadUrl({ flexperto, seal, secrets }: ActivityDependencies) {
  return async (session: SessionRef): Promise<SealedUploadUrl> => {
    const { employeeId, sessionId } = session;
    const context = { employeeId, signal: cancellationSignal() };
    try {
      const { url, expiresAt } = await beating(() => flexperto.requestUploadUrl(context, sessionId));
      return { sealed: seal.seal(url), expiresAt, receivedAt: Date.now() };
    } catch (error) {
      throw toFailure(error, { hidden: [...secrets, ...personalValues(session.participants)] });
    }
  };
}
