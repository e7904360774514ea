/** What is to happen, by the clock of a simulation. Time passes only from one thing to the next. */
export class Agenda {
  /** Milliseconds since 1970. */
  now = Date.UTC(2026, 0, 1);
  private readonly pace: readonly number[];
  private steps = 0;
  private order = 0;
  private readonly things: { at: number; order: number; happen: () => Promise<void> | void }[] = [];

  /** `pace`: how long things take that take their time, used over and over. */
  constructor(pace: readonly number[]) {
    this.pace = pace;
  }

  /** Puts something on the agenda; at the same moment, first come, first served. */
  after(ms: number, happen: () => Promise<void> | void): void {
    this.things.push({ at: this.now + Math.max(0, ms), order: this.order++, happen });
    this.things.sort((a, b) => b.at - a.at || b.order - a.order);
  }

  /** The next of the times that things take, at most so many milliseconds. */
  nextPaceMs(most: number): number {
    const ms = this.pace[this.steps % this.pace.length] ?? 0;
    this.steps += 1;
    return Math.min(most, ms);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Lets the next thing happen, and all that follows from it at once. Returns whether there was one. */
  async step(): Promise<boolean> {
    const next = this.things.pop();
    if (next === undefined) return false;
    this.now = next.at;
    await next.happen();
    // Every promise that this has settled goes on before time does.
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }
}
