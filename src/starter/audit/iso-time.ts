/** A time of a history in ISO 8601 and UTC, to the millisecond. `seconds` since 1970, as a number or a long one. */
export function isoTime(
  time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): string {
  const { seconds, nanos } = time ?? {};
  return new Date(Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6)).toISOString();
}
