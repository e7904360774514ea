import type { SigningStatus } from '../../src/domain/status.js';
import type { Decision, Schedule } from './schedule.js';
import { FILLED, MISSING, OTHER_EMPLOYEES, TAKEN, type Vendor } from './vendor.js';

/** A human does not decide sooner: what was on its way has arrived by then. */
export const LEAST_THOUGHT_MS = 15_000;

const STAYS_FOR = 12;

/** What humans say in turn; somebody who stays decides a few times more. */
export function decisionsOf({ decisions, somebodyStays }: Schedule): Schedule['decisions'][number][] {
  const more = somebodyStays ? STAYS_FOR : 0;
  return [...decisions, ...Array.from({ length: more }, () => ({ afterMs: 0, decision: 'honest' as const }))];
}

/** The resolution that a human sends who decides so, in a session with this status. */
export function resolutionFor(decision: Decision, status: SigningStatus, vendor: Vendor): unknown {
  switch (decision) {
    case 'honest':
      return honestly(status, vendor);
    case 'abort':
      return { action: 'abort', reason: 'the customer has signed on paper' };
    case 'nonsense':
      return { action: 'retry', sessionId: 'thirteen' };
    case 'retry':
      return { action: 'retry' };
    case 'adopt-own':
      return adopt(status, vendor.own().at(-1)?.id ?? MISSING);
    case 'adopt-filled':
      return adopt(status, FILLED);
    case 'adopt-other-employee':
      return adopt(status, OTHER_EMPLOYEES);
    case 'adopt-taken':
      return adopt(status, TAKEN);
    case 'adopt-missing':
      return adopt(status, MISSING);
  }
}

function adopt({ attention }: SigningStatus, sessionId: number): unknown {
  return attention?.step === 'initiate' ? { action: 'adopt', sessionId } : { action: 'adopt' };
}

/** What the Dashboard shows decides; by the time somebody looks, whatever was late is there. */
function honestly(status: SigningStatus, vendor: Vendor): unknown {
  vendor.settle();
  const { attention, sessionId } = status;
  const own = vendor.own().find(({ id }) => id === sessionId) ?? vendor.own().at(-1);
  if (attention?.actions.includes('adopt') !== true || own === undefined) return { action: 'retry' };
  const next = status.documents.find((document) => document.status === null);
  const happened = {
    initiate: true,
    attach: own.documents.some(({ name }) => name === next?.name),
    'hand-over': own.handedOver,
  };
  const { step } = attention;
  const has = step === 'initiate' || step === 'attach' || step === 'hand-over' ? happened[step] : false;
  return has ? adopt(status, own.id) : { action: 'retry' };
}
