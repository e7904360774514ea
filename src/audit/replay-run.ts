import { parseRequest } from '../domain/parse-request.js';
import type { HistoryContent, HistoryEvent, RunHistory } from './history-event.js';
import { CALL_HANDLERS, listUnfinishedCalls } from './replay-calls.js';
import { diffDocuments, toAuditDocuments } from './replay-documents.js';
import { DECISION_HANDLERS, LIFECYCLE_HANDLERS } from './replay-lifecycle.js';
import { type EventHandlers, type ReplayState, createReplayState } from './replay-state.js';
import type { AuditSession, EntryContent } from './signing-audit.js';

/** A run, replayed to the end of its history. */
export interface ReplayedRun {
  readonly entries: readonly ReplayedEntry[];
  readonly replay: Readonly<ReplayState>;
}

export interface ReplayedEntry {
  readonly at: string;
  readonly event: number;
  readonly content: EntryContent;
}

const EVENT_HANDLERS: EventHandlers<HistoryContent['type']> = {
  ...LIFECYCLE_HANDLERS,
  ...DECISION_HANDLERS,
  ...CALL_HANDLERS,
};

/** Replays a run from its first event; `previous` is the state at the end of the run that it continues. */
export function replayRun({ events }: RunHistory, previous?: Readonly<ReplayState>): ReplayedRun {
  const [first] = events;
  const { request } = parseRequest(first?.type === 'started' ? first.args[0] : undefined);
  const replay = createReplayState(
    previous?.documents ?? toAuditDocuments(request),
    previous?.sessionId ?? null,
  );
  const entries = events.flatMap((event) => replayEvent(replay, event));
  entries.push(...listUnfinishedCalls(replay));
  return { entries: entries.sort((one, other) => one.event - other.event), replay };
}

function replayEvent(replay: ReplayState, event: HistoryEvent): ReplayedEntry[] {
  const { sessionId, documents } = replay;
  const contents = [
    ...handleEvent(replay, event),
    ...diffSession(sessionId, replay.sessionId),
    ...diffDocuments(documents, replay.documents),
  ];
  return contents.map((content) => ({ at: event.at, event: event.id, content }));
}

function diffSession(before: number | null, sessionId: number | null): AuditSession[] {
  return sessionId === null || sessionId === before ? [] : [{ kind: 'session', sessionId }];
}

function handleEvent(replay: ReplayState, event: HistoryEvent): readonly EntryContent[] {
  return EVENT_HANDLERS[event.type](replay, event as never);
}
