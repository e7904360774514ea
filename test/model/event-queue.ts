/** The events of a simulation and its clock, which moves from one event to the next. */
export class EventQueue {
  /** Milliseconds since 1970. */
  now = Date.UTC(2026, 0, 1);
  private readonly delays: readonly number[];
  private delayIndex = 0;
  private order = 0;
  private readonly events: { at: number; order: number; happen: () => Promise<void> | void }[] = [];

  /** `delays`: how long things take, repeated when used up. */
  constructor(delays: readonly number[]) {
    this.delays = delays;
  }

  /** Schedules an event; those at one moment run in order. */
  schedule(ms: number, happen: () => Promise<void> | void): void {
    this.events.push({ at: this.now + Math.max(0, ms), order: this.order++, happen });
    this.events.sort((a, b) => b.at - a.at || b.order - a.order);
  }

  /** The next delay, at most `most` milliseconds. */
  nextDelayMs(most: number): number {
    const ms = this.delays[this.delayIndex % this.delays.length] ?? 0;
    this.delayIndex += 1;
    return Math.min(most, ms);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(ms, resolve);
    });
  }

  /** Runs the next event and everything that follows immediately. Returns whether there was one. */
  async step(): Promise<boolean> {
    const next = this.events.pop();
    if (next === undefined) return false;
    this.now = next.at;
    await next.happen();
    // Resolved promises continue before the clock moves.
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }
}
