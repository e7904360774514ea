export const HOUR_MS = 60 * 60_000;

/** One start of an employee that counts for an hour; `at` in milliseconds since 1970. */
export interface Place {
  readonly requestId: string;
  readonly at: number;
}

/** Either the places that are taken now, the one asked for among them, or how long until one is free. */
export type Admission =
  | { readonly places: readonly Place[] }
  /** Above 0. */
  | { readonly freeInMs: number };

/**
 * Decides on one more start within a window of an hour that slides. A request that has a place already keeps it and
 * takes no second one. `limit`, at least 1, may be another one than the time before.
 */
export function admit(
  taken: readonly Place[],
  { requestId, limit }: { readonly requestId: string; readonly limit: number },
  now: number,
): Admission {
  const places = stillTaken(taken, now);
  if (places.some((place) => place.requestId === requestId)) return { places };
  if (places.length < limit) return { places: [...places, { requestId, at: now }] };
  const times = places.map(({ at }) => at).sort((one, other) => one - other);
  // Where the limit was lowered, more than one place must become free first.
  const decisive = times[places.length - limit] ?? now;
  return { freeInMs: decisive + HOUR_MS - now };
}

/** Takes over a start that was made without asking. A clock that is ahead must not keep its place for longer. */
export function addPlace(taken: readonly Place[], { requestId, at }: Place, now: number): readonly Place[] {
  const others = taken.filter((place) => place.requestId !== requestId);
  return stillTaken([...others, { requestId, at: Math.min(at, now) }], now);
}

/** Milliseconds until no place is taken any more: 0 where none is. */
export function emptyInMs(taken: readonly Place[], now: number): number {
  return taken.reduce((longest, { at }) => Math.max(longest, at + HOUR_MS - now), 0);
}

function stillTaken(taken: readonly Place[], now: number): readonly Place[] {
  return taken.filter(({ at }) => at + HOUR_MS > now);
}
