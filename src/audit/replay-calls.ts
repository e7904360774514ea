import type { CheckedDocument, UploadedFile } from '../domain/request.js';
import { mergeDocuments, type VendorDocument } from '../domain/vendor-document.js';
import { withAttached, withCheckResults, withUploaded } from './replay-documents.js';
import type { HistoryEvent, RecordedFailure } from './history-event.js';
import type { EventHandlers, OpenCall, ReplayState } from './replay-state.js';
import type { AuditCall } from './signing-audit.js';

type CallType =
  | 'call-scheduled'
  | 'call-started'
  | 'call-completed'
  | 'call-failed'
  | 'call-timed-out'
  | 'call-cancelled'
  | 'local-call';

/** Calls that are not idempotent: after a failure a human may say that they did happen. */
const NON_IDEMPOTENT_CALLS = ['initiateSession', 'attachDocument', 'handOverSession'];

export const CALL_HANDLERS: EventHandlers<CallType> = {
  'call-scheduled': (reading, { id, at, call, args }) => {
    const document = (args[1] as { name?: string } | null | undefined)?.name ?? null;
    reading.openCalls.set(id, { call, args, document, scheduledAt: at, attempts: null, failureBefore: null });
    return [];
  },
  'call-started': (reading, { scheduled, attempt, failureBefore }) => {
    const open = reading.openCalls.get(scheduled);
    if (open !== undefined) Object.assign(open, { attempts: attempt, failureBefore });
    return [];
  },
  'call-completed': (reading, { scheduled, result }) => {
    const open = reading.openCalls.get(scheduled);
    if (open === undefined) return [];
    applyResult(reading, open, result);
    const objection = open.call === 'validateAdoption' && typeof result === 'string' ? result : null;
    return [{ ...closeCall(reading, scheduled, open, 'completed', null), objection }];
  },
  'call-failed': (reading, event) => recordFailure(reading, event, 'failed'),
  'call-timed-out': (reading, event) => recordFailure(reading, event, 'timed-out'),
  'call-cancelled': (reading, { scheduled }) => {
    const open = reading.openCalls.get(scheduled);
    return open === undefined ? [] : [closeCall(reading, scheduled, open, 'cancelled', null)];
  },
  'local-call': (reading, { id, call, scheduledAt, result, failure }) => {
    const made = { call, args: [], document: null, scheduledAt, attempts: 1, failureBefore: null };
    if (failure === null) applyResult(reading, made, result);
    return [closeCall(reading, id, made, failure === null ? 'completed' : 'failed', failure)];
  },
};

/** What was still under way when the history ended, each with the event that scheduled it. */
export function listUnfinishedCalls(
  replay: ReplayState,
): { at: string; event: number; content: AuditCall }[] {
  return [...replay.openCalls].map(([event, open]) => ({
    at: open.scheduledAt,
    event,
    content: closeCall(replay, event, { ...open, attempts: null }, 'unfinished', null),
  }));
}

function recordFailure(
  replay: ReplayState,
  { scheduled, failure }: Extract<HistoryEvent, { type: 'call-failed' | 'call-timed-out' }>,
  end: 'failed' | 'timed-out',
): AuditCall[] {
  const open = replay.openCalls.get(scheduled);
  if (open === undefined) return [];
  if (NON_IDEMPOTENT_CALLS.includes(open.call)) replay.unknownOutcome = open;
  return [closeCall(replay, scheduled, open, end, failure)];
}

function closeCall(
  { openCalls }: ReplayState,
  scheduled: number,
  { call, document, scheduledAt, attempts, failureBefore }: OpenCall,
  end: AuditCall['end'],
  failure: RecordedFailure | null,
): AuditCall {
  openCalls.delete(scheduled);
  return {
    kind: 'call',
    call,
    document,
    scheduledAt,
    end,
    attempts,
    failure,
    failureBefore,
    objection: null,
  };
}

/** What the answer to a call tells of the session and its documents, as the workflow takes it. */
function applyResult(replay: ReplayState, { call, args, document }: OpenCall, result: unknown): void {
  const { documents } = replay;
  if (NON_IDEMPOTENT_CALLS.includes(call)) replay.unknownOutcome = null;
  switch (call) {
    case 'checkDocuments':
      replay.documents = withCheckResults(documents, (result as { documents: CheckedDocument[] }).documents);
      break;
    case 'initiateSession':
      replay.sessionId = result as number;
      break;
    case 'validateAdoption':
      if (result === null) replay.sessionId = (args[0] as { sessionId: number }).sessionId;
      break;
    case 'uploadDocument':
      replay.documents = withUploaded(documents, document, (result as UploadedFile).fileId);
      break;
    case 'attachDocument':
      replay.documents = withAttached(documents, document, result as VendorDocument | null);
      break;
    case 'listDocuments':
    case 'pollDocuments':
      replay.documents = mergeDocuments(documents, result as VendorDocument[]);
      break;
  }
}
