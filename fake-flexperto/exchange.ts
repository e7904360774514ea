import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import { distort, gone, refused, send } from './answer.js';
import type { OpenEntry } from './ledger.js';
import type { Effect, Fault } from './types.js';
import type { Vendor } from './vendor.js';

/** What a call did and what it is answered. `learnt` completes its line in the ledger. */
export interface Outcome {
  readonly answer: Answer;
  readonly effect: Effect | null;
  readonly learnt?: Partial<OpenEntry>;
}

/** One call on its way: what came in, its line in the ledger, and the fault that hits it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly entry: OpenEntry;
  readonly fault: Fault | undefined;
}

/** Carries a call out and answers it, in the order that its fault prescribes. */
export async function carryOut(vendor: Vendor, exchange: Exchange, perform: () => Outcome): Promise<void> {
  const { request, response, entry, fault } = exchange;
  const delay = (fault?.delaySeconds ?? 0) * 1000;
  if (fault !== undefined) entry.fault = true;
  if (delay > 0 && fault?.delayBefore === true) await vendor.pause(delay);
  if (fault?.reset === 'before') return void request.socket.resetAndDestroy();
  const withoutEffect = fault?.status !== undefined && fault.effect !== true;
  const answer = distort(withoutEffect ? { status: 0, text: '' } : take(entry, perform), fault);
  if (delay > 0 && fault?.delayBefore !== true) await vendor.pause(delay);
  if (fault?.reset === 'after') return void request.socket.resetAndDestroy();
  if (gone(response)) return;
  entry.status = answer.status;
  await send(vendor, response, answer, fault);
}

function take(entry: OpenEntry, perform: () => Outcome): Answer {
  try {
    const { answer, effect, learnt } = perform();
    Object.assign(entry, learnt, { effect });
    return answer;
  } catch (error) {
    return refused(error);
  }
}
