import type { RecordedOutcome, Resolution } from '../../domain/resolution.js';
import { withAttached, withReason } from './documents.js';
import type { EventOf, Handlers, Reading } from './reading.js';
import type { AuditDecision } from './record.js';

type DecisionType =
  | 'workflow-task-scheduled'
  | 'signaled'
  | 'update-admitted'
  | 'update-accepted'
  | 'update-completed'
  | 'cancel-requested'
  | 'reset';

export const DECISIONS: Handlers<DecisionType> = {
  reset: (reading, { by, reason }) => {
    reading.handsInAgain = true;
    return [decided('reset', by, { reason })];
  },
  // What is handed in again stands between the reset and the first task of the new run.
  'workflow-task-scheduled': (reading) => {
    reading.handsInAgain = false;
    return [];
  },
  signaled: ({ handsInAgain: again }, { by, name }) => [{ ...decided(`signal ${name}`, by), again }],
  'cancel-requested': ({ handsInAgain: again }, { by, reason }) => [
    { ...decided('cancel', by, reason === '' ? null : { reason }), again },
  ],
  'update-admitted': (reading, event) => [taken(reading, event, event.name)],
  'update-accepted': (reading, event) => (event.name === null ? [] : [taken(reading, event, event.name)]),
  'update-completed': (reading, { updateId, failure }) => {
    const update = reading.updates.get(updateId);
    reading.updates.delete(updateId);
    if (update !== undefined && failure !== null) update.refusal = failure.message;
    else if (update !== undefined) carryOut(reading, update);
    return [];
  },
};

export function decided(
  decision: AuditDecision['decision'],
  by: string | null,
  content: AuditDecision['content'] = null,
): AuditDecision {
  return { kind: 'decision', by, decision, content, again: false, refusal: null };
}

/** The entry is completed by the event that says how it was answered. */
function taken(
  { updates, handsInAgain }: Reading,
  { by, updateId, args }: EventOf<'update-admitted' | 'update-accepted'>,
  name: string,
): AuditDecision {
  const content = args[0] as Resolution | RecordedOutcome;
  const entry = { ...decided(name as 'resolve' | 'recordOutcome', by, content), again: handsInAgain };
  updates.set(updateId, entry);
  return entry;
}

/** A human's word on what the vendor could not tell. */
function carryOut(reading: Reading, { content }: AuditDecision): void {
  const { documents, unclear, answered } = reading;
  if (content === null) return;
  if ('attentionId' in content && answered.has(content.attentionId)) return;
  if ('attentionId' in content) answered.add(content.attentionId);
  if ('action' in content && content.action === 'adopt' && unclear?.call === 'attachDocument')
    reading.documents = withAttached(documents, unclear.document, null);
  if ('outcome' in content && content.outcome !== 'completed' && content.reason != null)
    reading.documents = withReason(documents, content.reason);
}
