import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { FakeFlexperto } from '../../fake-flexperto/index.js';
import type { SigningStatus } from '../../src/domain/status.js';

export const PARTICIPANT = {
  email: 'john.doe@example.invalid',
  firstname: 'John',
  lastname: 'Doe',
  mobile: '+49176123456789',
};

export function createRequest(requestId: string) {
  return {
    requestId,
    employeeId: '45',
    name: 'Task-123 / Documents to be Signed',
    method: 'aes',
    participants: [PARTICIPANT],
    documents: [{ source: 'file:contract.pdf' }, { source: 'file:terms.pdf' }],
    crmRecord: 'opportunity/0061',
  };
}

/** The contract's id of a session, written down once more: the tests know `src/` by its names alone. */
export function workflowIdOf(requestId: string, taskQueue: string): string {
  return taskQueue === 'signing' ? `signing-${requestId}` : `signing/${taskQueue}/${requestId}`;
}

/** One started signing. */
export interface Signing {
  readonly handle: WorkflowHandle;
  readonly requestId: string;
  status(): Promise<SigningStatus>;
  /** Waits until the status satisfies the condition, letting time pass. */
  until(condition: (status: SigningStatus) => boolean): Promise<SigningStatus>;
  untilState(state: SigningStatus['state']): Promise<SigningStatus>;
  /** Sends a human's decision on the question that the status shows now. */
  resolve(decision: unknown): Promise<unknown>;
  /** Hands over and signs as employee and customer do, and lets the session look each time. */
  signAll(): Promise<void>;
  result(): Promise<SigningStatus>;
}

export interface TrackedSigning {
  readonly fake: FakeFlexperto;
  readonly handle: WorkflowHandle;
  readonly requestId: string;
  /** Lets a moment pass between two looks at the status. */
  readonly pause: () => Promise<unknown>;
  /** Brings the session to look at its documents: by a hint, or by letting its pause pass. */
  readonly triggerPoll: () => Promise<unknown>;
}

/** Follows a started signing as a client of any language would: by the contract's names alone. */
export function trackSigning({ fake, handle, requestId, pause, triggerPoll }: TrackedSigning): Signing {
  const status = (): Promise<SigningStatus> => handle.query<SigningStatus>('status');
  const until: Signing['until'] = async (condition) => {
    for (;;) {
      const now = await status();
      if (condition(now)) return now;
      if (['completed', 'failed', 'withdrawn', 'expired', 'cancelled'].includes(now.state)) {
        throw new Error(`the session ended as ${now.state} while the test waited`);
      }
      await pause();
    }
  };
  const untilState: Signing['untilState'] = (state) => until((now) => now.state === state);
  return {
    handle,
    requestId,
    status,
    until,
    untilState,
    resolve: async (decision) => {
      const { attention } = await status();
      return handle.executeUpdate('resolve', { args: [withAttentionId(decision, attention?.id)] });
    },
    signAll: async () => {
      const { sessionId } = await until(({ state }) => state.startsWith('awaiting'));
      if (fake.sessions().some((session) => session.id === sessionId && !session.handedOver))
        fake.handOver(sessionId ?? 0);
      await triggerPoll();
      await untilState('awaiting-signature');
      fake.sign(sessionId ?? 0);
      await triggerPoll();
    },
    result: () => handle.result() as Promise<SigningStatus>,
  };
}

/** A decision as it is sent: with the id of the question, where it is an object at all. */
export function withAttentionId(decision: unknown, attentionId: string | undefined): unknown {
  return typeof decision === 'object' && decision !== null ? { attentionId, ...decision } : decision;
}

/** Hints that there may be news. A session that has found them by a look of its own may have ended: that is no failure. */
export async function sendCheckNow(session: WorkflowHandle): Promise<void> {
  try {
    await session.signal('checkNow');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** The workflow that tells the CRM of a session. */
export function getCallbacksHandle(session: WorkflowHandle): WorkflowHandle {
  return session.client.getHandle(`${session.workflowId}/callbacks`);
}
