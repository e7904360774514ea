import { errors, type createRemoteJWKSet } from 'jose';

/** Keys that jose reads when it is told to, and not by itself. */
export type RemoteJwks = ReturnType<typeof createRemoteJWKSet>;

/** With these jose keeps what it has read: when it is read anew is decided here. */
export const MANUAL_REFRESH = { cacheMaxAge: Infinity, cooldownDuration: Infinity };

/** After which the keys are read again, so that a key that was withdrawn opens nothing any more. */
const REFRESH_MS = 10 * 60_000;

/** At least between two tries to read them, while there are known ones: nobody can make the gateway ask at will. */
const RETRY_MS = 10_000;

/** How long known keys count while the identity provider cannot be asked; longer outages are rare. */
const MAX_AGE_MS = 24 * 60 * 60_000;

/**
 * The keys of an identity provider, the last known ones while it does not answer. A token with an unknown key has them
 * read at once. Throws what jose throws, and where the keys cannot be read and none are known the reason for that.
 */
export function cacheJwks(remote: RemoteJwks): (...token: Parameters<RemoteJwks>) => ReturnType<RemoteJwks> {
  const lastTimes = { read: -Infinity, tried: -Infinity, askedForNew: -Infinity };
  let lastError: Error | undefined;
  const refresh = async (): Promise<void> => {
    lastTimes.tried = Date.now();
    try {
      await remote.reload();
      lastTimes.read = Date.now();
      lastError = undefined;
    } catch (error) {
      lastError = error instanceof Error ? error : new Error(String(error));
    }
  };
  const hasElapsed = (since: number, ms: number): boolean => Date.now() - since > ms;

  return async (...token) => {
    if (hasElapsed(lastTimes.read, MAX_AGE_MS)) {
      await refresh();
      if (lastError !== undefined) throw lastError;
    } else if (hasElapsed(lastTimes.read, REFRESH_MS) && hasElapsed(lastTimes.tried, RETRY_MS))
      await refresh();
    try {
      return await remote(...token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (hasElapsed(lastTimes.askedForNew, RETRY_MS)) {
        lastTimes.askedForNew = Date.now();
        await refresh();
      }
      // Whether the key is a new one cannot be said.
      if (lastError !== undefined) throw lastError;
      return remote(...token);
    }
  };
}
