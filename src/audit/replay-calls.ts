import type { CheckedDocument, UploadedFile } from '../domain/request.js';
import { type VendorDocument, mergeDocuments } from '../domain/vendor-document.js';
import type { HistoryEvent, RecordedFailure } from './history-event.js';
import { withAttached, withCheckResults, withUploaded } from './replay-documents.js';
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

/** After a failure an operator may confirm that one of these took effect. */
const NON_IDEMPOTENT_CALLS = ['initiateSession', 'attachDocument', 'handOverSession'];

export const CALL_HANDLERS: EventHandlers<CallType> = {
  'call-scheduled': (replay, { id, at, call, args }) => {
    const document = (args[1] as { name?: string } | null | undefined)?.name ?? null;
    replay.openCalls.set(id, { call, args, document, scheduledAt: at, attempts: null, failureBefore: null });
    return [];
  },
  'call-started': (replay, { scheduled, attempt, failureBefore }) => {
    const open = replay.openCalls.get(scheduled);
    if (open !== undefined) Object.assign(open, { attempts: attempt, failureBefore });
    return [];
  },
  'call-completed': (replay, { scheduled, result }) => {
    const open = replay.openCalls.get(scheduled);
    if (open === undefined) return [];
    applyResult(replay, open, result);
    const objection = open.call === 'validateAdoption' && typeof result === 'string' ? result : null;
    return [{ ...closeCall(replay, scheduled, open, 'completed', null), objection }];
  },
  'call-failed': (replay, event) => recordFailure(replay, event, 'failed'),
  'call-timed-out': (replay, event) => recordFailure(replay, event, 'timed-out'),
  'call-cancelled': (replay, { scheduled }) => {
    const open = replay.openCalls.get(scheduled);
    return open === undefined ? [] : [closeCall(replay, scheduled, open, 'cancelled', null)];
  },
  'local-call': (replay, { id, call, scheduledAt, result, failure }) => {
    const made = { call, args: [], document: null, scheduledAt, attempts: 1, failureBefore: null };
    if (failure === null) applyResult(replay, made, result);
    return [closeCall(replay, id, made, failure === null ? 'completed' : 'failed', failure)];
  },
};

/** Calls still in flight when the history ended, each with the event that scheduled it. */
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

/** Applies the result of a call to contract session and documents, as the workflow does. */
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
