/** What is to happen, by the clock of a simulation. Time passes only from one thing to the next. */
export class EventQueue {
  /** Milliseconds since 1970. */
  now = Date.UTC(2026, 0, 1);
  private readonly delays: readonly number[];
  private delayIndex = 0;
  private order = 0;
  private readonly events: { at: number; order: number; happen: () => Promise<void> | void }[] = [];

  /** `pace`: how long things take that take their time, used over and over. */
  constructor(delays: readonly number[]) {
    this.delays = delays;
  }

  /** Puts something on the agenda; at the same moment, first come, first served. */
  schedule(ms: number, happen: () => Promise<void> | void): void {
    this.events.push({ at: this.now + Math.max(0, ms), order: this.order++, happen });
    this.events.sort((a, b) => b.at - a.at || b.order - a.order);
  }

  /** The next of the times that things take, at most so many milliseconds. */
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

  /** Lets the next thing happen, and all that follows from it at once. Returns whether there was one. */
  async step(): Promise<boolean> {
    const next = this.events.pop();
    if (next === undefined) return false;
    this.now = next.at;
    await next.happen();
    // Every promise that this has settled goes on before time does.
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }
}
