import { ApplicationFailure } from '@temporalio/common';
import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure } from './failures.js';
import { currentExecution } from './known-run.js';
import { list } from './list-documents.js';
import { personalValues } from './redact.js';
import type { SessionRef } from './session-ref.js';

/**
 * Whether a contract session that a human has named can be the one that this signing has created: it is this employee's,
 * no other signing has it, and nothing is attached yet. Else one customer's documents would go to another one.
 * Returns why not, in words that continue "contract session 13 …"; `null` where nothing speaks against it.
 */
export function createJudgeAdoption({ flexperto, secrets, isSessionTaken }: ActivityDependencies) {
  return async (session: SessionRef): Promise<string | null> => {
    const { employeeId, sessionId } = session;
    if (await isSessionTaken(sessionId, currentExecution().workflowId)) return 'belongs to another signing';
    const hidden = [...secrets, ...personalValues(session.participants)];
    try {
      // The one documented call that asks for a session without changing it.
      await beating(() => flexperto.requestUploadUrl({ employeeId }, sessionId));
      const documents = await beating(() => list(flexperto, { ...session, listWorks: false }, hidden));
      const kept = documents.filter(({ status }) => status !== 'DELETED');
      return kept.length === 0 ? null : 'has documents already: delete them in the flexperto Dashboard first';
    } catch (error) {
      return objection(toFailure(error, { hidden }));
    }
  };
}

function objection(failed: unknown): string | null {
  if (!(failed instanceof ApplicationFailure)) throw failed;
  if (failed.type === 'CallMissing' || failed.type === 'AnswerNotUnderstood') return null;
  if (failed.type === 'Refused' && failed.nonRetryable === true) return `cannot be used: ${failed.message}`;
  throw failed;
}
