/** The code of a system's or a connection's error, such as ENOENT; `otherwise` where it has none. */
export function getErrorCode(error: unknown, fallback = 'connection lost'): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : fallback;
}
