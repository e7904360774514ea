import { ApplicationFailure, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { addPlace, admit, emptyInMs, type Place } from '../domain/starts-window.js';
import { admitUpdate, startedSignal, TOO_MANY_STARTS, type StartAsked } from './messages.js';

/** How long one that nobody has asked yet waits to be asked. */
const UNASKED_MS = 60_000;

/**
 * Counts what one employee has started within the last hour, for all gateways together. Ends by itself when its hour is
 * empty; a start after that begins a new one. `before` is what a run that continues another one takes over.
 */
export async function signingStarts(before: readonly Place[] = []): Promise<void> {
  let places = before;
  const decide = (asked: StartAsked): readonly Place[] => {
    const admission = admit(places, asked, Date.now());
    if ('places' in admission) return admission.places;
    throw ApplicationFailure.create({
      message: 'All starts of the hour are taken.',
      type: TOO_MANY_STARTS,
      nonRetryable: true,
      details: [admission.freeInMs],
    });
  };
  setHandler(
    admitUpdate,
    (asked) => {
      places = decide(asked);
      return undefined;
    },
    {
      // Here a refusal leaves no trace in the history.
      validator: (asked: StartAsked) => {
        decide(asked);
      },
    },
  );
  setHandler(startedSignal, (place) => {
    places = addPlace(places, place, Date.now());
  });

  let idleMs = UNASKED_MS;
  do {
    const isLong = (): boolean => workflowInfo().continueAsNewSuggested;
    if (await condition(isLong, idleMs)) return continueAsNew<typeof signingStarts>(places);
    idleMs = emptyInMs(places, Date.now());
  } while (idleMs > 0);
}
