import type { SigningStatus } from '../../domain/status.js';
import { AT_FAULT } from '../explained.js';
import { decided } from './decisions.js';
import { withCarried } from './documents.js';
import type { Shown } from './history-event.js';
import type { Handlers, Reading } from './reading.js';
import type { EntryContent, RunEnd } from './record.js';

type LifecycleType =
  'started' | 'shown' | 'completed' | 'failed' | 'continued' | 'terminated' | 'cancelled' | 'timed-out';

/** As the server calls itself where it ends a run because another one was reset in its place. */
const RESETTER = 'history-resetter';

export const LIFECYCLE: Handlers<LifecycleType> = {
  started: (reading, { by, args, continuedFrom, shown: initially }) => {
    if (continuedFrom === null) return [decided('start', by), ...shown(reading, initially)];
    const carried = (args[1] as { status?: SigningStatus } | undefined)?.status;
    reading.documents = withCarried(reading.documents, carried?.documents ?? []);
    reading.sessionId = carried?.sessionId ?? null;
    return shown(reading, initially);
  },
  shown: (reading, event) => shown(reading, event.shown),
  completed: (reading, { result }) => end(reading, (result as SigningStatus).state),
  failed: (reading, { failure }) =>
    end(reading, AT_FAULT.includes(failure?.type ?? '') ? 'rejected' : 'broken', failure?.message ?? ''),
  continued: (reading) => end(reading, 'continued'),
  terminated: (reading, { by, reason }) =>
    by === RESETTER
      ? end(reading, 'reset', reason)
      : [decided('terminate', by, { reason }), ...end(reading, 'terminated', reason)],
  cancelled: (reading) => end(reading, 'broken', 'it was cancelled without an outcome'),
  'timed-out': (reading) => end(reading, 'broken', 'a time limit that was set at its start has passed'),
};

function shown(reading: Reading, { state, deadline }: Shown): EntryContent[] {
  reading.deadline = deadline ?? reading.deadline;
  if (state === null || state === reading.state) return [];
  reading.state = state;
  return [{ kind: 'state', state }];
}

function end(reading: Reading, how: RunEnd, reason: string | null = null): EntryContent[] {
  reading.end = how;
  reading.endReason = reason;
  return [{ kind: 'end', end: how, reason }];
}
