import { ApplicationFailure, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { type Reservation, addReservation, msUntilEmpty, tryReserve } from '../domain/start-rate-limit.js';
import {
  type ReservationRequest,
  TOO_MANY_STARTS,
  recordStartSignal,
  reserveStartUpdate,
} from './messages.js';

/** How long a new run waits for its first reservation. */
const INITIAL_IDLE_MS = 60_000;

/**
 * Counts what one employee has started within the last hour, for all gateways together. Ends when the hour has no start
 * left; the next start begins a new one. `previous`: the reservations of the run that this one continues.
 */
export async function signingStarts(previous: readonly Reservation[] = []): Promise<void> {
  let reservations = previous;
  const reserve = (request: ReservationRequest): readonly Reservation[] => {
    const result = tryReserve(reservations, request, Date.now());
    if ('reservations' in result) return result.reservations;
    throw ApplicationFailure.create({
      message: 'All starts of the hour are taken.',
      type: TOO_MANY_STARTS,
      nonRetryable: true,
      details: [result.retryAfterMs],
    });
  };
  setHandler(
    reserveStartUpdate,
    (request) => {
      reservations = reserve(request);
      return undefined;
    },
    {
      // A rejection by the validator adds nothing to the history.
      validator: (request: ReservationRequest) => {
        reserve(request);
      },
    },
  );
  setHandler(recordStartSignal, (reservation) => {
    reservations = addReservation(reservations, reservation, Date.now());
  });

  let idleMs = INITIAL_IDLE_MS;
  do {
    const isHistoryLong = (): boolean => workflowInfo().continueAsNewSuggested;
    if (await condition(isHistoryLong, idleMs)) return continueAsNew<typeof signingStarts>(reservations);
    idleMs = msUntilEmpty(reservations, Date.now());
  } while (idleMs > 0);
}
