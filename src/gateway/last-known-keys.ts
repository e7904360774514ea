import { errors, type createRemoteJWKSet } from 'jose';

/** Keys that jose reads when it is told to, and not by itself. */
export type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

/** With these jose keeps what it has read: when it is read anew is decided here. */
export const NEVER_BY_ITSELF = { cacheMaxAge: Infinity, cooldownDuration: Infinity };

/** After which the keys are read again, so that a key that was withdrawn opens nothing any more. */
const REFRESH_MS = 10 * 60_000;

/** At least between two tries to read them, while there are known ones: nobody can make the gateway ask at will. */
const RETRY_MS = 10_000;

/** How long known keys count while the identity provider cannot be asked; longer outages are rare. */
const KEPT_MS = 24 * 60 * 60_000;

/**
 * The keys of an identity provider, the last known ones while it does not answer. A token with an unknown key has them
 * read at once. Throws what jose throws, and where the keys cannot be read and none are known the reason for that.
 */
export function keepLastKnown(
  remote: RemoteKeys,
): (...token: Parameters<RemoteKeys>) => ReturnType<RemoteKeys> {
  const last = { read: -Infinity, tried: -Infinity, askedForNew: -Infinity };
  let trouble: Error | undefined;
  const read = async (): Promise<void> => {
    last.tried = Date.now();
    try {
      await remote.reload();
      last.read = Date.now();
      trouble = undefined;
    } catch (error) {
      trouble = error instanceof Error ? error : new Error(String(error));
    }
  };
  const isOver = (since: number, ms: number): boolean => Date.now() - since > ms;

  return async (...token) => {
    if (isOver(last.read, KEPT_MS)) {
      await read();
      if (trouble !== undefined) throw trouble;
    } else if (isOver(last.read, REFRESH_MS) && isOver(last.tried, RETRY_MS)) await read();
    try {
      return await remote(...token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (isOver(last.askedForNew, RETRY_MS)) {
        last.askedForNew = Date.now();
        await read();
      }
      // Whether the key is a new one cannot be said.
      if (trouble !== undefined) throw trouble;
      return remote(...token);
    }
  };
}
