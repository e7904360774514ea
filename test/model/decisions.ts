import type { SigningStatus } from '../../src/domain/status.js';
import type { Recording } from './recording.js';
import type { Decision, Schedule } from './schedule.js';
import {
  FILLED_SESSION_ID,
  MISSING_SESSION_ID,
  OTHER_EMPLOYEES_SESSION_ID,
  TAKEN_SESSION_ID,
  type Vendor,
} from './vendor.js';

/** The shortest time of a decision: by then late effects have arrived. */
const MIN_DECISION_DELAY_MS = 15_000;

const FALLBACK_DECISIONS = 12;

/** The decisions in order, and a few honest ones after them. */
export function expandDecisions({ decisions, hasHonestFallback }: Schedule): Schedule['decisions'][number][] {
  const more = hasHonestFallback ? FALLBACK_DECISIONS : 0;
  return [...decisions, ...Array.from({ length: more }, () => ({ afterMs: 0, decision: 'honest' as const }))];
}

/** How long a decision takes: an honest one waits until a retry is possible. `now` in ms since 1970. */
export function getDecisionDelayMs(
  { afterMs, decision }: Schedule['decisions'][number],
  { attention }: SigningStatus,
  now: number,
): number {
  const [, day, time] = /possible from (\S+) (\S+) UTC on/.exec(attention?.reason ?? '') ?? [];
  const waitMs = decision === 'honest' && day !== undefined ? Date.parse(`${day}T${time ?? ''}Z`) - now : 0;
  return Math.max(MIN_DECISION_DELAY_MS, afterMs, waitMs);
}

/** The resolution for a decision, from the current status and the recording. */
export function createResolution(
  decision: Decision,
  status: SigningStatus,
  vendor: Vendor,
  { events }: Recording,
): unknown {
  const attentionId = status.attention?.id;
  switch (decision) {
    case 'honest':
      return { attentionId, ...createHonestResolution(status, vendor) };
    case 'abort':
      return { attentionId, action: 'abort', reason: 'the customer has signed on paper' };
    case 'nonsense':
      return { attentionId, action: 'retry', sessionId: 'thirteen' };
    case 'unnamed':
      return { action: 'retry' };
    case 'again':
      return findLastResolution(events);
    case 'outdated':
      return { attentionId: findOlderAttentionId(events, attentionId), action: 'retry' };
    case 'retry':
      return { attentionId, action: 'retry' };
    case 'adopt-own':
      return createAdoption(status, vendor.createdSessions().at(-1)?.id ?? MISSING_SESSION_ID);
    case 'adopt-filled':
      return createAdoption(status, FILLED_SESSION_ID);
    case 'adopt-other-employee':
      return createAdoption(status, OTHER_EMPLOYEES_SESSION_ID);
    case 'adopt-taken':
      return createAdoption(status, TAKEN_SESSION_ID);
    case 'adopt-missing':
      return createAdoption(status, MISSING_SESSION_ID);
  }
}

function findLastResolution(events: Recording['events']): unknown {
  const sent = events.flatMap((event) =>
    event.type === 'message' && event.name === 'resolve' ? [event.input] : [],
  );
  return sent.at(-1) ?? null;
}

/** The attention before the open one. */
function findOlderAttentionId(events: Recording['events'], open: string | undefined): string {
  const seen = events.flatMap((event) => (event.type === 'status' ? (event.status.attention?.id ?? []) : []));
  return seen.findLast((id) => id !== open) ?? 'initiate-0';
}

function createAdoption({ attention }: SigningStatus, sessionId: number): object {
  const attentionId = attention?.id;
  return attention?.step === 'initiate'
    ? { attentionId, action: 'adopt', sessionId }
    : { attentionId, action: 'adopt' };
}

/** Decides according to the Dashboard; by then late effects have arrived. */
function createHonestResolution(status: SigningStatus, vendor: Vendor): object {
  vendor.applyDeferred();
  const { attention, sessionId } = status;
  const own = vendor.createdSessions().find(({ id }) => id === sessionId) ?? vendor.createdSessions().at(-1);
  if (attention?.actions.includes('adopt') !== true || own === undefined) return { action: 'retry' };
  const next = status.documents.find((document) => document.status === null);
  const happened = {
    initiate: true,
    attach: own.documents.some(({ name }) => name === next?.name),
    'hand-over': own.handedOver,
  };
  const { step } = attention;
  const has = step === 'initiate' || step === 'attach' || step === 'hand-over' ? happened[step] : false;
  return has ? createAdoption(status, own.id) : { action: 'retry' };
}
