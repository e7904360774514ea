import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import { applyFault, errorAnswer, isDisconnected, send } from './answer.js';
import type { MutableLedgerEntry } from './ledger.js';
import type { Effect, Fault } from './types.js';
import type { Vendor } from './vendor.js';

/** The effect of a call and its answer. `ledgerFields` completes its line in the ledger. */
export interface CallResult {
  readonly answer: Answer;
  readonly effect: Effect | null;
  readonly ledgerFields?: Partial<MutableLedgerEntry>;
}

/** One call: the request, its line in the ledger, and its fault. */
export interface CallContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly entry: MutableLedgerEntry;
  readonly fault: Fault | undefined;
}

/** Performs a call and answers it, in the order that its fault prescribes. */
export async function executeCall(
  vendor: Vendor,
  context: CallContext,
  perform: () => CallResult,
): Promise<void> {
  const { request, response, entry, fault } = context;
  const delay = (fault?.delaySeconds ?? 0) * 1000;
  if (fault !== undefined) entry.fault = true;
  if (delay > 0 && fault?.delayBefore === true) await vendor.pause(delay);
  if (fault?.reset === 'before') return void request.socket.resetAndDestroy();
  const hasNoEffect = fault?.status !== undefined && fault.effect !== true;
  const answer = applyFault(hasNoEffect ? { status: 0, text: '' } : performCall(entry, perform), fault);
  if (delay > 0 && fault?.delayBefore !== true) await vendor.pause(delay);
  if (fault?.reset === 'after') return void request.socket.resetAndDestroy();
  if (isDisconnected(response)) return;
  entry.status = answer.status;
  await send(vendor, response, answer, fault);
}

function performCall(entry: MutableLedgerEntry, perform: () => CallResult): Answer {
  try {
    const { answer, effect, ledgerFields } = perform();
    Object.assign(entry, ledgerFields, { effect });
    return answer;
  } catch (error) {
    return errorAnswer(error);
  }
}
