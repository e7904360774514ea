import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import { withAttached, withFailureReason, withCarriedOver } from './replay-documents.js';
import type { EventOf, EventHandlers, ReplayState } from './replay-state.js';
import type { AuditDecision, EntryContent, RunEnd } from './signing-audit.js';
import type { SigningStatus } from '../domain/status.js';
import { REJECTION_TYPES } from '../workflows/messages.js';

import type { LifecycleAttributes } from './history-event.js';

type DecisionType =
  | 'workflow-task-scheduled'
  | 'signaled'
  | 'update-admitted'
  | 'update-accepted'
  | 'update-completed'
  | 'cancel-requested'
  | 'reset';

export const DECISION_HANDLERS: EventHandlers<DecisionType> = {
  reset: (reading, { by, reason }) => {
    reading.isReapplying = true;
    return [createDecision('reset', by, { reason })];
  },
  // What is handed in again stands between the reset and the first task of the new run.
  'workflow-task-scheduled': (reading) => {
    reading.isReapplying = false;
    return [];
  },
  signaled: ({ isReapplying: again }, { by, name }) => [{ ...createDecision(`signal ${name}`, by), again }],
  'cancel-requested': ({ isReapplying: again }, { by, reason }) => [
    { ...createDecision('cancel', by, reason === '' ? null : { reason }), again },
  ],
  'update-admitted': (reading, event) => [recordUpdate(reading, event, event.name)],
  'update-accepted': (reading, event) =>
    event.name === null ? [] : [recordUpdate(reading, event, event.name)],
  'update-completed': (reading, { updateId, failure }) => {
    const update = reading.pendingUpdates.get(updateId);
    reading.pendingUpdates.delete(updateId);
    if (update !== undefined && failure !== null) update.refusal = failure.message;
    else if (update !== undefined) applyDecision(reading, update);
    return [];
  },
};

export function createDecision(
  decision: AuditDecision['decision'],
  by: string | null,
  content: AuditDecision['content'] = null,
): AuditDecision {
  return { kind: 'decision', by, decision, content, again: false, refusal: null };
}

/** The entry is completed by the event that says how it was answered. */
function recordUpdate(
  { pendingUpdates, isReapplying }: ReplayState,
  { by, updateId, args }: EventOf<'update-admitted' | 'update-accepted'>,
  name: string,
): AuditDecision {
  const content = args[0] as Resolution | RecordedOutcome;
  const entry = { ...createDecision(name as 'resolve' | 'recordOutcome', by, content), again: isReapplying };
  pendingUpdates.set(updateId, entry);
  return entry;
}

/** A human's word on what the vendor could not tell. */
function applyDecision(replay: ReplayState, { content }: AuditDecision): void {
  const { documents, unknownOutcome, resolvedQuestions } = replay;
  if (content === null) return;
  if ('attentionId' in content && resolvedQuestions.has(content.attentionId)) return;
  if ('attentionId' in content) resolvedQuestions.add(content.attentionId);
  if ('action' in content && content.action === 'adopt' && unknownOutcome?.call === 'attachDocument')
    replay.documents = withAttached(documents, unknownOutcome.document, null);
  if ('outcome' in content && content.outcome !== 'completed' && content.reason != null)
    replay.documents = withFailureReason(documents, content.reason);
}

type LifecycleType =
  'started' | 'shown' | 'completed' | 'failed' | 'continued' | 'terminated' | 'cancelled' | 'timed-out';

/** As the server calls itself where it ends a run because another one was reset in its place. */
const RESET_IDENTITY = 'history-resetter';

export const LIFECYCLE_HANDLERS: EventHandlers<LifecycleType> = {
  started: (reading, { by, args, continuedFrom, shown: initially }) => {
    if (continuedFrom === null) return [createDecision('start', by), ...applyAttributes(reading, initially)];
    const carried = (args[1] as { status?: SigningStatus } | undefined)?.status;
    reading.documents = withCarriedOver(reading.documents, carried?.documents ?? []);
    reading.sessionId = carried?.sessionId ?? null;
    return applyAttributes(reading, initially);
  },
  shown: (replay, event) => applyAttributes(replay, event.shown),
  completed: (reading, { result }) => recordEnd(reading, (result as SigningStatus).state),
  failed: (reading, { failure }) =>
    recordEnd(
      reading,
      REJECTION_TYPES.includes(failure?.type ?? '') ? 'rejected' : 'broken',
      failure?.message ?? '',
    ),
  continued: (reading) => recordEnd(reading, 'continued'),
  terminated: (reading, { by, reason }) =>
    by === RESET_IDENTITY
      ? recordEnd(reading, 'reset', reason)
      : [createDecision('terminate', by, { reason }), ...recordEnd(reading, 'terminated', reason)],
  cancelled: (reading) => recordEnd(reading, 'broken', 'it was cancelled without an outcome'),
  'timed-out': (reading) => recordEnd(reading, 'broken', 'a time limit that was set at its start has passed'),
};

function applyAttributes(replay: ReplayState, { state, deadline }: LifecycleAttributes): EntryContent[] {
  replay.deadline = deadline ?? replay.deadline;
  if (state === null || state === replay.state) return [];
  replay.state = state;
  return [{ kind: 'state', state }];
}

function recordEnd(replay: ReplayState, how: RunEnd, reason: string | null = null): EntryContent[] {
  replay.end = how;
  replay.endReason = reason;
  return [{ kind: 'end', end: how, reason }];
}
