import { parseRequest } from '../domain/parse-request.js';
import { parseRequestId } from '../domain/workflow-id.js';
import type { HistoryContent, HistoryEvent, RunHistory } from './history-event.js';
import { CALL_HANDLERS, listUnfinishedCalls } from './replay-calls.js';
import { diffDocuments, toAuditDocuments } from './replay-documents.js';
import { DECISION_HANDLERS, LIFECYCLE_HANDLERS } from './replay-lifecycle.js';
import { type EventHandlers, type ReplayState, createReplayState } from './replay-state.js';
import type {
  AuditEntry,
  AuditRun,
  AuditSession,
  AuditState,
  EntryContent,
  SigningAudit,
} from './signing-audit.js';

interface Run extends ReplayedRun {
  readonly audit: AuditRun;
  /** The first run of the chain to which this run belongs. */
  readonly firstRunId: string;
  readonly request: unknown;
  /** When its history begins, which after a reset is a copy of another run's. */
  readonly firstEventAt: string;
}

/**
 * The evidence in the histories of all runs that the server still has, in any order. `forgotten` are runs that it has
 * deleted. It depends on nothing else, so that the same histories give the same record.
 */
export function createAudit(
  workflowId: string,
  histories: readonly RunHistory[],
  forgotten: readonly string[] = [],
): SigningAudit {
  const runs = replayRuns(histories);
  const [first] = runs;
  // A later start with the same id is rejected, and is no part of this signing.
  const last = runs.findLast(({ firstRunId }) => firstRunId === first?.firstRunId);
  if (first === undefined || last === undefined) throw new Error('A signing has at least one run.');
  const timeline = runs.flatMap((run, index) => toAuditEntries(run, index + 1));
  const { sessionId, documents, deadline, endReason } = last.replay;
  return {
    form: 1,
    requestId: parseRequestId(workflowId) ?? workflowId,
    workflowId,
    state: readState(last),
    startedAt: first.firstEventAt,
    startedBy: findStarter(timeline),
    endedAt: last.audit.endedAt,
    endReason,
    deadline,
    sessionId,
    request: first.request,
    documents,
    timeline,
    runs: runs.map(({ audit }) => audit),
    forgottenRuns: [...forgotten].sort(),
  };
}

function readState({ replay: { state, end } }: Run): AuditState {
  const finalState = end === null || end === 'continued' || end === 'reset' ? null : end;
  return finalState ?? state ?? 'checking-documents';
}

/** From the first run to the last, each after the run that it continues. */
function replayRuns(histories: readonly RunHistory[]): Run[] {
  const replayed = new Map<string, Run>();
  for (const history of sortHistories(histories))
    replayed.set(history.runId, replayRunAfter(history, replayed));
  return [...replayed.values()];
}

function sortHistories(histories: readonly RunHistory[]): RunHistory[] {
  const key = (history: RunHistory): string => `${readOrigin(history).startedAt} ${history.runId}`;
  return [...histories].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

function replayRunAfter(history: RunHistory, replayed: ReadonlyMap<string, Run>): Run {
  const { origin, before, startedAt, ownFrom } = readOrigin(history);
  const earlier = replayed.get(before ?? '');
  const replayedRun = replayRun(history, origin === 'continued' ? earlier?.replay : undefined);
  // After a reset a run begins with a copy of the run before.
  const entries =
    earlier === undefined ? replayedRun.entries : replayedRun.entries.filter(({ event }) => event >= ownFrom);
  const { end } = replayedRun.replay;
  const [started] = history.events;
  return {
    entries,
    replay: replayedRun.replay,
    audit: {
      runId: history.runId,
      origin,
      before,
      startedAt,
      endedAt: end === null ? null : (history.events.at(-1)?.at ?? null),
      end,
    },
    firstRunId: started?.type === 'started' ? started.firstRunId : history.runId,
    firstEventAt: started?.at ?? startedAt,
    request: started?.type === 'started' ? (started.args[0] ?? null) : null,
  };
}

/** How a run began, and its first event that is not a copy. */
function readOrigin({
  events,
}: RunHistory): Pick<AuditRun, 'origin' | 'before' | 'startedAt'> & { ownFrom: number } {
  const [started] = events;
  const reset = events.findLast((event) => event.type === 'reset');
  if (reset !== undefined)
    return { origin: 'reset', before: reset.baseRunId, startedAt: reset.at, ownFrom: reset.id };
  const before = started?.type === 'started' ? started.continuedFrom : null;
  return {
    origin: before === null ? 'started' : 'continued',
    before,
    startedAt: started?.at ?? '',
    ownFrom: 1,
  };
}

function toAuditEntries({ entries }: Run, run: number): AuditEntry[] {
  return entries.map(({ at, event, content }) => ({ at, run, event, ...content }));
}

function findStarter(timeline: readonly AuditEntry[]): string | null {
  const start = timeline.find((entry) => entry.kind === 'decision' && entry.decision === 'start');
  return start?.kind === 'decision' ? start.by : null;
}

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
function replayRun({ events }: RunHistory, previous?: Readonly<ReplayState>): ReplayedRun {
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
