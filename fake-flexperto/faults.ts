import type { Call, Fault } from './types.js';

/** What a call is about, as far as it tells: the names of its contract session and of its document. */
export interface CallTarget {
  readonly session?: string | undefined;
  readonly document?: string | undefined;
}

interface ActiveFault {
  readonly fault: Fault;
  times: number;
  skip: number;
}

/** The faults that wait for their calls, in the order they were added. */
export class Faults {
  private active: ActiveFault[] = [];

  add(fault: Fault): void {
    this.active.push({ fault, times: fault.times ?? 1, skip: fault.skip ?? 0 });
  }

  clear(): void {
    this.active = [];
  }

  /** What is left: `times` and `skip` are what they still have to hit and to let pass. */
  pending(): readonly Fault[] {
    return this.active.map(({ fault, times, skip }) => ({ ...fault, times, skip }));
  }

  /** The fault that hits this call, one at most. Counts the call for every fault that lets some pass. */
  consume(call: Call, { session, document }: CallTarget): Fault | undefined {
    const matching = this.active.filter(
      ({ fault }) =>
        fault.call === call &&
        (fault.session ?? session) === session &&
        (fault.document ?? document) === document,
    );
    const hit = matching.find(({ skip }) => skip === 0);
    for (const armed of matching) armed.skip = Math.max(0, armed.skip - 1);
    if (hit === undefined) return undefined;
    hit.times -= 1;
    this.active = this.active.filter(({ times }) => times > 0);
    return hit.fault;
  }
}
