import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
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

/** The workflow id of a signing; a second implementation, so that a test notices a change. */
export function workflowIdOf(requestId: string, taskQueue: string): string {
  return taskQueue === 'signing' ? `signing-${requestId}` : `signing/${taskQueue}/${requestId}`;
}

/** One started signing. */
export interface Signing {
  readonly handle: WorkflowHandle;
  readonly requestId: string;
  status(): Promise<SigningStatus>;
  /** Polls the status until it satisfies the condition. */
  until(condition: (status: SigningStatus) => boolean): Promise<SigningStatus>;
  untilState(state: SigningStatus['state']): Promise<SigningStatus>;
  /** Sends a decision with the id of the current attention. */
  resolve(decision: unknown): Promise<unknown>;
  /** Hands over and signs as employee and customer do, and triggers a poll after each. */
  signAll(): Promise<void>;
  result(): Promise<SigningStatus>;
}

export interface TrackedSigning {
  readonly fake: FakeFlexperto;
  readonly handle: WorkflowHandle;
  readonly requestId: string;
  /** The pause between two queries of the status. */
  readonly pause: () => Promise<unknown>;
  /** Makes the signing poll its documents: by `checkNow`, or by skipping its pause. */
  readonly triggerPoll: () => Promise<unknown>;
}

/** Follows a started signing by the contract's names alone, as a client in any language does. */
export function trackSigning({ fake, handle, requestId, pause, triggerPoll }: TrackedSigning): Signing {
  const status = (): Promise<SigningStatus> => handle.query<SigningStatus>('status');
  const until: Signing['until'] = async (condition) => {
    for (;;) {
      const current = await status();
      if (condition(current)) return current;
      if (['completed', 'failed', 'withdrawn', 'expired', 'cancelled'].includes(current.state)) {
        throw new Error(`the signing ended as ${current.state} while the test waited`);
      }
      await pause();
    }
  };
  const untilState: Signing['untilState'] = (state) => until((current) => current.state === state);
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

/** Adds the attention's id to a decision, unless the decision is not an object. */
function withAttentionId(decision: unknown, attentionId: string | undefined): unknown {
  return typeof decision === 'object' && decision !== null ? { attentionId, ...decision } : decision;
}

/** Sends `checkNow`. A signing that has ended meanwhile is no error. */
export async function sendCheckNow(handle: WorkflowHandle): Promise<void> {
  try {
    await handle.signal('checkNow');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** The workflow that sends the callbacks of a signing. */
export function getCallbacksHandle(handle: WorkflowHandle): WorkflowHandle {
  return handle.client.getHandle(`${handle.workflowId}/callbacks`);
}
