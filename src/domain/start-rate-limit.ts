export const HOUR_MS = 60 * 60_000;

/** One start of an employee that counts for an hour; `at` in milliseconds since 1970. */
export interface Reservation {
  readonly requestId: string;
  readonly at: number;
}

/** Either the places that are taken now, the one asked for among them, or how long until one is free. */
export type ReservationResult =
  | { readonly reservations: readonly Reservation[] }
  /** Above 0. */
  | { readonly retryAfterMs: number };

/**
 * Decides on one more start within a window of an hour that slides. A request that has a place already keeps it and
 * takes no second one. `limit`, at least 1, may be another one than the time before.
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
  // Where the limit was lowered, more than one place must become free first.
  const decisiveTime = times[reservations.length - limit] ?? now;
  return { retryAfterMs: decisiveTime + HOUR_MS - now };
}

/** Takes over a start that was made without asking. A clock that is ahead must not keep its place for longer. */
export function addReservation(
  previous: readonly Reservation[],
  { requestId, at }: Reservation,
  now: number,
): readonly Reservation[] {
  const others = previous.filter((reservation) => reservation.requestId !== requestId);
  return dropExpired([...others, { requestId, at: Math.min(at, now) }], now);
}

/** Milliseconds until no place is taken any more: 0 where none is. */
export function msUntilEmpty(reservations: readonly Reservation[], now: number): number {
  return reservations.reduce((longest, { at }) => Math.max(longest, at + HOUR_MS - now), 0);
}

function dropExpired(reservations: readonly Reservation[], now: number): readonly Reservation[] {
  return reservations.filter(({ at }) => at + HOUR_MS > now);
}
