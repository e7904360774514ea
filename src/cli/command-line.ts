/** A command to copy: as it must be typed where this one was started by `npm run`, or by its own name. */
export function commandLine(...args: readonly string[]): string {
  const started = process.env['npm_lifecycle_event'] === 'signing' ? 'npm run signing --' : 'signing';
  return [started, ...args].join(' ');
}
