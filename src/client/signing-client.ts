import type { Client } from '@temporalio/client';
import type { SigningAudit } from '../audit/signing-audit.js';
import { type ParsedRequest, parseRequest } from '../domain/parse-request.js';
import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import { type SigningState, type SigningStatus, isFinal } from '../domain/status.js';
import { DEFAULT_TASK_QUEUE, buildWorkflowId } from '../domain/workflow-id.js';
import { resolveUpdate } from '../workflows/messages.js';
import * as messages from '../workflows/messages.js';
import { auditSigning } from './audit-signing.js';
import { type StatusWithCallback, addCallbackStatus } from './callback-status.js';
import {
  type Tenant,
  callServer,
  callWorker,
  describeOpenSigning,
  describeSigning,
  findLastFailure,
  getWorkflowInput,
} from './describe-signing.js';
import { NotPossibleError, mapError } from './errors.js';
import {
  type SigningFilter,
  type SigningPage,
  type SigningPageFilter,
  type SigningSummary,
  listPage,
  listSignings,
} from './list.js';
import { type SigningClientOptions, type StartedSigning, startSigning } from './start.js';

/**
 * Starts and follows the signings of one task queue, which serves one tenant. Signings of other queues are not visible.
 * Every method throws `NoServerError` if the Temporal server does not answer in time, and `NoAccessError` if it refuses
 * this client. Every method but `start` and the lists throws `SigningNotFoundError` for an unknown requestId. Methods
 * that need a worker throw `NoWorkerError` if none answers in time.
 */
export interface SigningClient {
  /**
   * Starts a signing once: the same request again returns the existing signing. Needs no worker.
   * @throws InvalidRequestError, RequestConflictError, TooManyStartsError if there is a limit
   */
  start(input: unknown): Promise<StartedSigning>;
  /** The same for a caller that has parsed the request already. */
  startParsed(parsed: ParsedRequest): Promise<StartedSigning>;
  /**
   * The whole status and that of the callbacks. Needs a worker until the signing has ended.
   * @throws what `wait` throws, once it has ended
   */
  status(requestId: string): Promise<StatusWithCallback>;
  /**
   * Waits for the end. After a `NoServerError` it can be called again.
   * @throws RequestRejectedError if the request was at fault, SigningTerminatedError, SigningBrokenError
   */
  wait(requestId: string): Promise<StatusWithCallback>;
  /** Requests a poll of the documents now. @throws NotPossibleError if the signing has ended */
  check(requestId: string): Promise<void>;
  /**
   * Sends an operator's decision on the `attention.id` of a status. The same decision again changes nothing.
   * @throws NotPossibleError with a sentence that says what is possible
   */
  resolve(requestId: string, resolution: Resolution): Promise<StatusWithCallback>;
  /** @throws NotPossibleError */
  recordOutcome(requestId: string, outcome: RecordedOutcome): Promise<StatusWithCallback>;
  /** Requests the end; a call in flight ends first. @throws NotPossibleError if the signing has ended */
  cancel(requestId: string): Promise<void>;
  /** Open signings first, the newest start first; then ended ones, the latest end first. */
  list(filter?: SigningFilter): Promise<SigningSummary[]>;
  /** The evidence of a signing in any state, from its histories alone. Needs no worker. */
  audit(requestId: string): Promise<SigningAudit>;
  /** The same list in pages. @throws InvalidRequestError if the cursor is not one of this list */
  listPage(filter?: SigningPageFilter): Promise<SigningPage>;
  /** The employee whose signing it is. Needs no worker. */
  employeeOf(requestId: string): Promise<string>;
}

export function createSigningClient(
  client: Client,
  taskQueue: string = DEFAULT_TASK_QUEUE,
  options: SigningClientOptions = {},
): SigningClient {
  const tenant: Tenant = { client, taskQueue };
  return {
    start: (input) => startSigning(tenant, options, parseRequest(input)),
    startParsed: (parsed) => startSigning(tenant, options, parsed),
    status: (requestId) => addCallbackStatus(tenant, requestId, readStatus(tenant, requestId)),
    wait: async (requestId) => {
      const { handle } = await describeSigning(tenant, requestId);
      const result = (handle.result() as Promise<SigningStatus>).catch((error: unknown) => {
        throw mapError(error, requestId);
      });
      return addCallbackStatus(tenant, requestId, result);
    },
    check: async (requestId) => {
      const { handle } = await describeOpenSigning(tenant, requestId);
      await callServer(client, requestId, () => handle.signal(messages.checkNowSignal));
    },
    resolve: (requestId, resolution) =>
      addCallbackStatus(tenant, requestId, resolveIdempotently(tenant, requestId, resolution)),
    recordOutcome: async (requestId, outcome) => {
      const { handle } = await describeOpenSigning(tenant, requestId);
      const recorded = callWorker(tenant, requestId, () =>
        handle.executeUpdate(messages.recordOutcomeUpdate, { args: [outcome] }),
      );
      return addCallbackStatus(tenant, requestId, recorded);
    },
    cancel: async (requestId) => {
      const { handle } = await describeOpenSigning(tenant, requestId);
      await callServer(client, requestId, () => handle.cancel());
    },
    list: (filter = {}) => listSignings(tenant, filter),
    audit: (requestId) => auditSigning(tenant, requestId),
    listPage: (filter = {}) => listPage(tenant, filter),
    employeeOf: async (requestId) => {
      const { employeeId } = await describeSigning(tenant, requestId);
      if (employeeId !== null) return employeeId;
      const input = await callServer(client, requestId, () =>
        getWorkflowInput(tenant, buildWorkflowId(requestId, taskQueue)),
      );
      return parseRequest(input).request.employeeId;
    },
  };
}

/** In these states the workflow itself retries calls, so that the server does not know of failed attempts. */
const RETRYING_STATES: readonly SigningState[] = ['initiating', 'uploading', 'attaching', 'handing-over'];

async function readStatus(
  tenant: Tenant,
  requestId: string,
): Promise<SigningStatus & Pick<StatusWithCallback, 'lastFailure'>> {
  const { handle, isOpen, pendingActivities } = await describeSigning(tenant, requestId);
  if (isOpen) {
    const status = await callWorker(tenant, requestId, () => handle.query(messages.statusQuery));
    if (!isFinal(status.state)) {
      const workflowFailure = RETRYING_STATES.includes(status.state)
        ? await callWorker(tenant, requestId, () => handle.query(messages.lastFailureQuery))
        : null;
      const lastFailure = (await findLastFailure(tenant.client, pendingActivities)) ?? workflowFailure;
      return lastFailure === null ? status : { ...status, lastFailure };
    }
  }
  return callServer(tenant.client, requestId, () => handle.result() as Promise<SigningStatus>);
}

/**
 * Sends an operator's decision. Its `attentionId` makes it idempotent: the signing recognizes a decision that it has, and
 * a repeated abort returns the end that it caused. @throws NotPossibleError
 */
async function resolveIdempotently(
  tenant: Tenant,
  requestId: string,
  resolution: Resolution,
): Promise<SigningStatus> {
  const { handle, isOpen } = await describeSigning(tenant, requestId);
  try {
    if (isOpen)
      return await callWorker(tenant, requestId, () =>
        handle.executeUpdate(resolveUpdate, { args: [resolution] }),
      );
  } catch (error) {
    // The same abort, sent concurrently by somebody else, may have ended the signing.
    if (!(error instanceof NotPossibleError) || (await describeSigning(tenant, requestId)).isOpen)
      throw error;
  }
  const end = await readEndCausedBy(tenant, requestId, resolution);
  if (end !== undefined) return end;
  throw new NotPossibleError(`The signing ${requestId} has ended already.`);
}

/** The end of a signing, if this decision caused it. */
async function readEndCausedBy(
  tenant: Tenant,
  requestId: string,
  { action, attentionId }: Resolution,
): Promise<SigningStatus | undefined> {
  const { handle, state } = await describeSigning(tenant, requestId);
  if (action !== 'abort' || state !== 'cancelled') return undefined;
  const end = await callServer(tenant.client, requestId, () => handle.result() as Promise<SigningStatus>);
  return end.attention?.id === attentionId ? end : undefined;
}
