import type { CallbackQueue, CallbackStatus } from '../domain/callback-queue.js';

/** The page on a session's callbacks in the Temporal UI, in Markdown. Nothing of the address, no personal data. */
export function describeCallbacks({ last, waiting }: CallbackQueue): string {
  const [now, ...later] = waiting;
  const parts = [
    ...(last === null ? [] : [lastPart(last)]),
    ...(now === undefined
      ? ['Waiting for what happens next to the session.']
      : [
          `**Now:** no. ${now.order}, \`${now.type}\`, of ${minute(now.timestamp)}. It is tried for three days; below, *Pending Activities* shows why the last attempt failed and when the next one comes.`,
        ]),
    ...(later.length === 0 ? [] : [`**Then:** ${later.map(({ type }) => `\`${type}\``).join(', ')}`]),
  ];
  return parts.join('\n\n');
}

function lastPart(last: CallbackStatus): string {
  const what = `no. ${last.order}, \`${last.type}\``;
  return 'deliveredAt' in last
    ? `**Delivered last:** ${what}, on ${minute(last.deliveredAt)}`
    : `**Not delivered:** ${what}, after ${last.attempt} attempts (${last.failure})`;
}

function minute(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
