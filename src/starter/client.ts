import { WorkflowExecutionAlreadyStartedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import { readRequest } from '../domain/read-request.js';
import type { SigningRequest } from '../domain/request.js';
import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import type { SigningState, SigningStatus } from '../domain/status.js';
import * as messages from '../workflows/messages.js';
import { InvalidRequestError, RequestConflictError } from './errors.js';
import { explained } from './explained.js';
import { firstInput } from './first-input.js';
import { listSignings } from './list.js';

export interface StartedSigning {
  readonly requestId: string;
  readonly workflowId: string;
  /** `false` where the same request was started before: then nothing new has happened. */
  readonly created: boolean;
}

/** One line of a list. */
export interface SigningSummary {
  readonly requestId: string;
  readonly state: SigningState | null;
  readonly method: string | null;
  readonly employeeId: string | null;
  readonly crmRecord: string | null;
  readonly sessionId: number | null;
  readonly deadline: string | null;
  readonly startedAt: string;
}

export interface SigningFilter {
  readonly state?: string | undefined;
  readonly employeeId?: string | undefined;
  readonly crmRecord?: string | undefined;
  /** At most so many, the newest first; 100 unless told. */
  readonly limit?: number | undefined;
}

/**
 * Starts and follows signings. Every method but `start` and `list` throws `SigningNotFoundError` for an unknown
 * requestId; those that ask the session itself throw `NoWorkerError` when no worker answers in time.
 */
export interface SigningClient {
  /**
   * Starts a signing, once: the same request again gives the session that exists.
   * @throws InvalidRequestError, RequestConflictError
   */
  start(input: unknown): Promise<StartedSigning>;
  status(requestId: string): Promise<SigningStatus>;
  /** Waits for the end. @throws RequestRejectedError where the request was at fault, SigningTerminatedError */
  wait(requestId: string): Promise<SigningStatus>;
  /** A hint to look at the documents now. */
  check(requestId: string): Promise<void>;
  /** @throws NotPossibleError with a sentence that says what is possible */
  resolve(requestId: string, resolution: Resolution): Promise<SigningStatus>;
  /** @throws NotPossibleError */
  recordOutcome(requestId: string, outcome: RecordedOutcome): Promise<SigningStatus>;
  cancel(requestId: string): Promise<void>;
  list(filter?: SigningFilter): Promise<SigningSummary[]>;
}

export function createSigningClient(
  client: Client,
  taskQueue: string = messages.DEFAULT_TASK_QUEUE,
): SigningClient {
  const handleOf = (requestId: string): WorkflowHandle =>
    client.workflow.getHandle(messages.workflowIdOf(requestId));
  const asked = <Result>(
    requestId: string,
    ask: (handle: WorkflowHandle) => Promise<Result>,
  ): Promise<Result> =>
    ask(handleOf(requestId)).catch((error: unknown) => {
      throw explained(error, requestId);
    });

  return {
    start: (input) => start(client, taskQueue, input),
    status: (requestId) => asked(requestId, (handle) => handle.query(messages.statusQuery)),
    wait: (requestId) => asked(requestId, (handle) => handle.result() as Promise<SigningStatus>),
    check: (requestId) => asked(requestId, (handle) => handle.signal(messages.checkNowSignal)),
    resolve: (requestId, resolution) =>
      asked(requestId, (handle) => handle.executeUpdate(messages.resolveUpdate, { args: [resolution] })),
    recordOutcome: (requestId, outcome) =>
      asked(requestId, (handle) => handle.executeUpdate(messages.recordOutcomeUpdate, { args: [outcome] })),
    cancel: async (requestId) => {
      await asked(requestId, (handle) => handle.cancel());
    },
    list: (filter = {}) => listSignings(client, filter),
  };
}

async function start(client: Client, taskQueue: string, input: unknown): Promise<StartedSigning> {
  const { request, problems } = readRequest(input);
  if (problems.length > 0) throw new InvalidRequestError(problems);
  const { requestId } = request;
  const workflowId = messages.workflowIdOf(requestId);
  try {
    await client.workflow.start(messages.WORKFLOW_TYPE, {
      taskQueue,
      workflowId,
      args: [input],
      // An id is used once: a closed session is not started over, it may have been sent.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${request.name} (${request.method})`,
      typedSearchAttributes: new TypedSearchAttributes(attributesOf(request)),
    });
    return { requestId, workflowId, created: true };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { request: before } = readRequest(await firstInput(client, workflowId));
    if (JSON.stringify(before) !== JSON.stringify(request)) throw new RequestConflictError(requestId);
    return { requestId, workflowId, created: false };
  }
}

/** Given at the start they cost no event of their own. The deadline is the workflow's to compute. */
function attributesOf(request: SigningRequest): SearchAttributePair[] {
  const { state, method, employeeId, crmRecord } = messages.searchAttributes;
  return [
    { key: state, value: 'checking-documents' },
    { key: method, value: request.method },
    { key: employeeId, value: request.employeeId },
    ...(request.crmRecord === undefined ? [] : [{ key: crmRecord, value: request.crmRecord }]),
  ];
}
