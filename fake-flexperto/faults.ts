import type { Call, Fault } from './types.js';

/** What a call is about, as far as it tells: the names of its contract session and of its document. */
export interface Subject {
  readonly session?: string | undefined;
  readonly document?: string | undefined;
}

interface Armed {
  readonly fault: Fault;
  times: number;
  skip: number;
}

/** The faults that wait for their calls, in the order they were added. */
export class Faults {
  private armed: Armed[] = [];

  add(fault: Fault): void {
    this.armed.push({ fault, times: fault.times ?? 1, skip: fault.skip ?? 0 });
  }

  clear(): void {
    this.armed = [];
  }

  /** What is left: `times` and `skip` are what they still have to hit and to let pass. */
  pending(): readonly Fault[] {
    return this.armed.map(({ fault, times, skip }) => ({ ...fault, times, skip }));
  }

  /** The fault that hits this call, one at most. Counts the call for every fault that lets some pass. */
  take(call: Call, { session, document }: Subject): Fault | undefined {
    const matching = this.armed.filter(
      ({ fault }) =>
        fault.call === call &&
        (fault.session ?? session) === session &&
        (fault.document ?? document) === document,
    );
    const hit = matching.find(({ skip }) => skip === 0);
    for (const armed of matching) armed.skip = Math.max(0, armed.skip - 1);
    if (hit === undefined) return undefined;
    hit.times -= 1;
    this.armed = this.armed.filter(({ times }) => times > 0);
    return hit.fault;
  }
}
