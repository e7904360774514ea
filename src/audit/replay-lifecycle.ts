import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import type { SigningStatus } from '../domain/status.js';
import { REJECTION_TYPES } from '../workflows/messages.js';
import type { LifecycleAttributes } from './history-event.js';
import { withAttached, withCarriedOver, withFailureReason } from './replay-documents.js';
import type { EventHandlers, EventOf, ReplayState } from './replay-state.js';
import type { AuditDecision, EntryContent, RunEnd } from './signing-audit.js';

type DecisionType =
  | 'workflow-task-scheduled'
  | 'signaled'
  | 'update-admitted'
  | 'update-accepted'
  | 'update-completed'
  | 'cancel-requested'
  | 'reset';

export const DECISION_HANDLERS: EventHandlers<DecisionType> = {
  reset: (replay, { by, reason }) => {
    replay.isReapplying = true;
    return [createDecision('reset', by, { reason })];
  },
  // Temporal reapplies messages between the reset and the first task of the new run.
  'workflow-task-scheduled': (replay) => {
    replay.isReapplying = false;
    return [];
  },
  signaled: ({ isReapplying: again }, { by, name }) => [{ ...createDecision(`signal ${name}`, by), again }],
  'cancel-requested': ({ isReapplying: again }, { by, reason }) => [
    { ...createDecision('cancel', by, reason === '' ? null : { reason }), again },
  ],
  'update-admitted': (replay, event) => [recordUpdate(replay, event, event.name)],
  'update-accepted': (replay, event) =>
    event.name === null ? [] : [recordUpdate(replay, event, event.name)],
  'update-completed': (replay, { updateId, failure }) => {
    const update = replay.pendingUpdates.get(updateId);
    replay.pendingUpdates.delete(updateId);
    if (update !== undefined && failure !== null) update.refusal = failure.message;
    else if (update !== undefined) applyDecision(replay, update);
    return [];
  },
};

function createDecision(
  decision: AuditDecision['decision'],
  by: string | null,
  content: AuditDecision['content'] = null,
): AuditDecision {
  return { kind: 'decision', by, decision, content, again: false, refusal: null };
}

/** The event that completes the update completes this entry too. */
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

/** Applies what an operator decided where the vendor's response is unknown. */
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
  | 'started'
  | 'attributes-changed'
  | 'completed'
  | 'failed'
  | 'continued'
  | 'terminated'
  | 'cancelled'
  | 'timed-out';

/** The server's identity when it ends a run because a reset replaces it. */
const RESET_IDENTITY = 'history-resetter';

export const LIFECYCLE_HANDLERS: EventHandlers<LifecycleType> = {
  started: (replay, { by, args, continuedFrom, attributes }) => {
    if (continuedFrom === null) return [createDecision('start', by), ...applyAttributes(replay, attributes)];
    const carried = (args[1] as { status?: SigningStatus } | undefined)?.status;
    replay.documents = withCarriedOver(replay.documents, carried?.documents ?? []);
    replay.sessionId = carried?.sessionId ?? null;
    return applyAttributes(replay, attributes);
  },
  'attributes-changed': (replay, { attributes }) => applyAttributes(replay, attributes),
  completed: (replay, { result }) => recordEnd(replay, (result as SigningStatus).state),
  failed: (replay, { failure }) =>
    recordEnd(
      replay,
      REJECTION_TYPES.includes(failure?.type ?? '') ? 'rejected' : 'broken',
      failure?.message ?? '',
    ),
  continued: (replay) => recordEnd(replay, 'continued'),
  terminated: (replay, { by, reason }) =>
    by === RESET_IDENTITY
      ? recordEnd(replay, 'reset', reason)
      : [createDecision('terminate', by, { reason }), ...recordEnd(replay, 'terminated', reason)],
  cancelled: (replay) => recordEnd(replay, 'broken', 'it was cancelled without an outcome'),
  'timed-out': (replay) => recordEnd(replay, 'broken', 'a time limit that was set at its start has passed'),
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
