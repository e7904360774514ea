import type { SigningState } from '../domain/status.js';
import type { HistoryContent, HistoryEvent } from './history-event.js';
import type { AuditCall, AuditDecision, AuditDocument, EntryContent, RunEnd } from './signing-audit.js';

/** The facts known at one point of a run, while its events are replayed in order. */
export interface ReplayState {
  documents: readonly AuditDocument[];
  sessionId: number | null;
  state: SigningState | null;
  deadline: string | null;
  end: RunEnd | null;
  endReason: string | null;
  /** Calls that have not ended yet, by the event that scheduled them. */
  readonly openCalls: Map<number, OpenCall>;
  /** The call with an unknown outcome, which an operator may confirm. */
  unknownOutcome: OpenCall | null;
  /** Updates that were accepted and are not completed yet. */
  readonly pendingUpdates: Map<string, Writable<AuditDecision>>;
  /** Ids of attention that a decision has closed: the same decision again changes nothing. */
  readonly resolvedQuestions: Set<string>;
  /** Whether Temporal reapplies messages that the run got before its reset. */
  isReapplying: boolean;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export type OpenCall = Writable<
  Pick<AuditCall, 'call' | 'document' | 'scheduledAt' | 'attempts' | 'failureBefore'>
> & { readonly args: readonly unknown[] };

type Type = HistoryContent['type'];

export type EventOf<Wanted extends Type> = Extract<HistoryEvent, { type: Wanted }>;

/** Applies events to the state, and returns the entries of the audit. */
export type EventHandlers<Handled extends Type> = {
  readonly [One in Handled]: (replay: ReplayState, event: EventOf<One>) => readonly EntryContent[];
};

export function createReplayState(
  documents: readonly AuditDocument[],
  sessionId: number | null,
): ReplayState {
  return {
    documents,
    sessionId,
    state: null,
    deadline: null,
    end: null,
    endReason: null,
    openCalls: new Map(),
    unknownOutcome: null,
    pendingUpdates: new Map(),
    resolvedQuestions: new Set(),
    isReapplying: false,
  };
}
