export const HOUR_MS = 60 * 60_000;

/** One start of an employee that counts for an hour; `at` in milliseconds since 1970. */
export interface Reservation {
  readonly requestId: string;
  readonly at: number;
}

/** All reservations that count now, with the requested one; or the time until one expires. */
export type ReservationResult =
  | { readonly reservations: readonly Reservation[] }
  /** Milliseconds, above 0. */
  | { readonly retryAfterMs: number };

/**
 * Reserves one more start within a sliding window of an hour. A request that has a reservation keeps it and gets no second
 * one. `limit`, at least 1, may differ from call to call.
 */
export function tryReserve(
  previous: readonly Reservation[],
  { requestId, limit }: { readonly requestId: string; readonly limit: number },
  now: number,
): ReservationResult {
  const reservations = dropExpired(previous, now);
  if (reservations.some((reservation) => reservation.requestId === requestId)) return { reservations };
  if (reservations.length < limit) return { reservations: [...reservations, { requestId, at: now }] };
  const times = reservations.map(({ at }) => at).sort((one, other) => one - other);
  // After the limit was lowered, more than one reservation must expire first.
  const decisiveTime = times[reservations.length - limit] ?? now;
  return { retryAfterMs: decisiveTime + HOUR_MS - now };
}

/** Counts a start that was made without a reservation. A caller's clock that is ahead must not prolong the reservation. */
export function addReservation(
  previous: readonly Reservation[],
  { requestId, at }: Reservation,
  now: number,
): readonly Reservation[] {
  const others = previous.filter((reservation) => reservation.requestId !== requestId);
  return dropExpired([...others, { requestId, at: Math.min(at, now) }], now);
}

/** Milliseconds until all reservations have expired; 0 without reservations. */
export function msUntilEmpty(reservations: readonly Reservation[], now: number): number {
  return reservations.reduce((longest, { at }) => Math.max(longest, at + HOUR_MS - now), 0);
}

function dropExpired(reservations: readonly Reservation[], now: number): readonly Reservation[] {
  return reservations.filter(({ at }) => at + HOUR_MS > now);
}
