/** The real time plus an offset. It continues from any time to which it is set. */
export class Clock {
  private offset = 0;

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  advance(seconds: number): void {
    this.offset += seconds * 1000;
  }

  set(at: Date): void {
    this.offset = at.getTime() - Date.now();
  }

  reset(): void {
    this.offset = 0;
  }
}

/** The vendor's format for times of documents: an offset without a colon, "2021-10-29T10:12:57+0200". */
export function formatOffsetTimestamp(at: Date): string {
  const local = new Date(at.getTime() + 2 * 3600 * 1000);
  return `${local.toISOString().slice(0, 19)}+0200`;
}
