/** Splits the configured form `POST /path/{sessionId}`. */
export function readHandover(text: string): { method: 'POST'; path: string } {
  return { method: 'POST', path: text.split(' ')[1] ?? '' };
}
