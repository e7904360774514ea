import type { CheckedDocument, UploadedFile } from '../../domain/request.js';
import { withNews, type VendorDocument } from '../../domain/vendor-document.js';
import { withAttached, withFacts, withUploaded } from './documents.js';
import type { HistoryEvent, RecordedFailure } from './history-event.js';
import type { Handlers, OpenCall, Reading } from './reading.js';
import type { AuditCall } from './record.js';

type CallType =
  | 'call-scheduled'
  | 'call-started'
  | 'call-completed'
  | 'call-failed'
  | 'call-timed-out'
  | 'call-cancelled'
  | 'local-call';

/** Calls that are not idempotent: after a failure a human may say that they did happen. */
const UNREPEATABLE = ['initiateSession', 'attachDocument', 'handOverSession'];

export const CALLS: Handlers<CallType> = {
  'call-scheduled': (reading, { id, at, call, args }) => {
    const document = (args[1] as { name?: string } | null | undefined)?.name ?? null;
    reading.calls.set(id, { call, args, document, scheduledAt: at, attempts: null, failureBefore: null });
    return [];
  },
  'call-started': (reading, { scheduled, attempt, failureBefore }) => {
    const open = reading.calls.get(scheduled);
    if (open !== undefined) Object.assign(open, { attempts: attempt, failureBefore });
    return [];
  },
  'call-completed': (reading, { scheduled, result }) => {
    const open = reading.calls.get(scheduled);
    if (open === undefined) return [];
    learn(reading, open, result);
    const objection = open.call === 'judgeAdoption' && typeof result === 'string' ? result : null;
    return [{ ...ended(reading, scheduled, open, 'completed', null), objection }];
  },
  'call-failed': (reading, event) => failed(reading, event, 'failed'),
  'call-timed-out': (reading, event) => failed(reading, event, 'timed-out'),
  'call-cancelled': (reading, { scheduled }) => {
    const open = reading.calls.get(scheduled);
    return open === undefined ? [] : [ended(reading, scheduled, open, 'cancelled', null)];
  },
  'local-call': (reading, { id, call, scheduledAt, result, failure }) => {
    const made = { call, args: [], document: null, scheduledAt, attempts: 1, failureBefore: null };
    if (failure === null) learn(reading, made, result);
    return [ended(reading, id, made, failure === null ? 'completed' : 'failed', failure)];
  },
};

/** What was still under way when the history ended, each with the event that scheduled it. */
export function unfinishedCalls(reading: Reading): { at: string; event: number; content: AuditCall }[] {
  return [...reading.calls].map(([event, open]) => ({
    at: open.scheduledAt,
    event,
    content: ended(reading, event, { ...open, attempts: null }, 'unfinished', null),
  }));
}

function failed(
  reading: Reading,
  { scheduled, failure }: Extract<HistoryEvent, { type: 'call-failed' | 'call-timed-out' }>,
  end: 'failed' | 'timed-out',
): AuditCall[] {
  const open = reading.calls.get(scheduled);
  if (open === undefined) return [];
  if (UNREPEATABLE.includes(open.call)) reading.unclear = open;
  return [ended(reading, scheduled, open, end, failure)];
}

function ended(
  { calls }: Reading,
  scheduled: number,
  { call, document, scheduledAt, attempts, failureBefore }: OpenCall,
  end: AuditCall['end'],
  failure: RecordedFailure | null,
): AuditCall {
  calls.delete(scheduled);
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
function learn(reading: Reading, { call, args, document }: OpenCall, result: unknown): void {
  const { documents } = reading;
  if (UNREPEATABLE.includes(call)) reading.unclear = null;
  switch (call) {
    case 'checkDocuments':
      reading.documents = withFacts(documents, (result as { documents: CheckedDocument[] }).documents);
      break;
    case 'initiateSession':
      reading.sessionId = result as number;
      break;
    case 'judgeAdoption':
      if (result === null) reading.sessionId = (args[0] as { sessionId: number }).sessionId;
      break;
    case 'uploadDocument':
      reading.documents = withUploaded(documents, document, (result as UploadedFile).fileId);
      break;
    case 'attachDocument':
      reading.documents = withAttached(documents, document, result as VendorDocument | null);
      break;
    case 'listDocuments':
    case 'pollDocuments':
      reading.documents = withNews(documents, result as VendorDocument[]);
      break;
  }
}
