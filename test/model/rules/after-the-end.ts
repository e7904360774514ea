import type { Played } from '../played.js';

/** Reading, which an attempt that is under way may still do: the server does not wait for it. */
const LOOKS = ['list', 'upload-url'];

/** The one activity that the deadline leaves: a last look at the documents. */
const LAST_LOOK = 'listDocuments';

/** Once the session is told to end it asks for nothing more but the deadline's last looks; once it has ended no call with an effect begins. */
export function noCallAfterTheEnd({ recording: { events } }: Played): string | undefined {
  let ending: string | undefined;
  let ended = false;
  for (const event of events) {
    if (event.type === 'reset') ending = undefined;
    if (event.type === 'ending') ending = event.why;
    if (event.type === 'end') ended = true;
    const isLastLook = event.type === 'activity' && ending === 'deadline' && event.activity === LAST_LOOK;
    if (event.type === 'activity' && ending !== undefined && !isLastLook)
      return `${event.activity} was asked for after the ${ending}`;
    if (event.type === 'call' && ended && !LOOKS.includes(event.call))
      return `${event.call} was called after the end`;
  }
  return undefined;
}
