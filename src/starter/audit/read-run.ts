import { readRequest } from '../../domain/read-request.js';
import { CALLS, unfinishedCalls } from './calls.js';
import { DECISIONS } from './decisions.js';
import { changes, requestedDocuments } from './documents.js';
import type { HistoryContent, HistoryEvent, RunHistory } from './history-event.js';
import { LIFECYCLE } from './lifecycle.js';
import { createReading, type Handlers, type Reading } from './reading.js';
import type { AuditSession, EntryContent } from './record.js';

/** A run, read to the end of its history. */
export interface ReadRun {
  readonly entries: readonly ReadEntry[];
  readonly reading: Readonly<Reading>;
}

export interface ReadEntry {
  readonly at: string;
  readonly event: number;
  readonly content: EntryContent;
}

const HANDLERS: Handlers<HistoryContent['type']> = { ...LIFECYCLE, ...DECISIONS, ...CALLS };

/** Reads a run from its first event; `before` is what was known at the end of the run that it continues. */
export function readRun({ events }: RunHistory, before?: Readonly<Reading>): ReadRun {
  const [first] = events;
  const { request } = readRequest(first?.type === 'started' ? first.args[0] : undefined);
  const reading = createReading(before?.documents ?? requestedDocuments(request), before?.sessionId ?? null);
  const entries = events.flatMap((event) => entriesOf(reading, event));
  entries.push(...unfinishedCalls(reading));
  return { entries: entries.sort((one, other) => one.event - other.event), reading };
}

function entriesOf(reading: Reading, event: HistoryEvent): ReadEntry[] {
  const { sessionId, documents } = reading;
  const contents = [
    ...handle(reading, event),
    ...newSession(sessionId, reading.sessionId),
    ...changes(documents, reading.documents),
  ];
  return contents.map((content) => ({ at: event.at, event: event.id, content }));
}

function newSession(before: number | null, sessionId: number | null): AuditSession[] {
  return sessionId === null || sessionId === before ? [] : [{ kind: 'session', sessionId }];
}

function handle(reading: Reading, event: HistoryEvent): readonly EntryContent[] {
  return HANDLERS[event.type](reading, event as never);
}
