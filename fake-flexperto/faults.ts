import type { Call, Fault } from './types.js';

/** The names of a call's contract session and document, where the call has them. */
export interface CallTarget {
  readonly session?: string | undefined;
  readonly document?: string | undefined;
}

interface ActiveFault {
  readonly fault: Fault;
  times: number;
  skip: number;
}

/** The armed faults, in the order in which they were added. */
export class Faults {
  private active: ActiveFault[] = [];

  add(fault: Fault): void {
    this.active.push({ fault, times: fault.times ?? 1, skip: fault.skip ?? 0 });
  }

  clear(): void {
    this.active = [];
  }

  /** The remaining faults; `times` and `skip` are the calls that remain to be hit and to be skipped. */
  pending(): readonly Fault[] {
    return this.active.map(({ fault, times, skip }) => ({ ...fault, times, skip }));
  }

  /** The fault for this call, at most one. Counts the call for every matching fault with `skip`. */
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
