/** A variable is missing, wrong or misspelt; the message has one clear sentence for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export function getErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a system's or a connection's error, such as ENOENT. */
export function getErrorCode(error: unknown, fallback = 'connection lost'): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : fallback;
}
