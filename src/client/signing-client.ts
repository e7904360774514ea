import type { Client } from '@temporalio/client';
import { parseRequest, type ParsedRequest } from '../domain/parse-request.js';
import type { RecordedOutcome, Resolution } from '../domain/resolution.js';
import { isFinal, type SigningState, type SigningStatus } from '../domain/status.js';
import * as messages from '../workflows/messages.js';
import type { SigningAudit } from '../audit/index.js';
import { auditSigning } from './audit-signing.js';
import { addCallbackStatus, type StatusWithCallback } from './callback-status.js';
import { resolveIdempotently } from './resolve-idempotently.js';
import { mapError } from './map-errors.js';
import {
  getWorkflowInput,
  findLastFailure,
  callServer,
  callWorker,
  describeSigning,
  describeOpenSigning,
  type Tenant,
} from './describe-signing.js';

import { listPage, listSignings } from './list.js';

import { startSigning } from './start.js';

export interface StartedSigning {
  readonly requestId: string;
  readonly workflowId: string;
  /** `false` where the same request was started before: then nothing new has happened. */
  readonly created: boolean;
}

/** One line of a list. */
export interface SigningSummary {
  readonly requestId: string;
  /** Null where no worker has taken the signing up yet on a namespace that did not know the search attributes. */
  readonly state: SigningState | null;
  /** Whether somebody ended the workflow in Temporal: then `state` is the last one before. */
  readonly terminated: boolean;
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
  /** At most so many; 100 unless told. */
  readonly limit?: number | undefined;
}

export interface SigningClientOptions {
  /**
   * How many signings one employee can start within an hour, counted exactly over all clients that have this option on
   * the task queue. No limit unless told.
   */
  readonly startsPerHour?: number;
}

export interface SigningPageFilter extends SigningFilter {
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined;
}

/** A page can be shorter than its limit, and still there is a next one. */
export interface SigningPage {
  readonly signings: readonly SigningSummary[];
  /** Null after the last page. */
  readonly nextCursor: string | null;
}

/**
 * Starts and follows the signings of one task queue, which serves one tenant: a session of another one is not there. Every method throws `NoServerError` when the Temporal server does not answer in time and
 * `NoAccessError` when it refuses this client; every one but `start` and the lists throws `SigningNotFoundError` for an
 * unknown requestId; those that ask the session itself throw `NoWorkerError` when no worker answers in time.
 */
export interface SigningClient {
  /**
   * Starts a signing, once: the same request again gives the session that exists. No worker need run.
   * A caller that has parsed `input` already hands on the result.
   * @throws InvalidRequestError, RequestConflictError, TooManyStartsError where there is a limit
   */
  start(input: unknown, parsed?: ParsedRequest): Promise<StartedSigning>;
  /**
   * The whole state and how the callbacks fare; once it has ended, no worker is needed.
   * @throws what `wait` throws, where it has ended
   */
  status(requestId: string): Promise<StatusWithCallback>;
  /**
   * Waits for the end. After a `NoServerError` it can be called again.
   * @throws RequestRejectedError where the request was at fault, SigningTerminatedError, SigningBrokenError
   */
  wait(requestId: string): Promise<StatusWithCallback>;
  /** A hint to look at the documents now. @throws NotPossibleError where it has ended */
  check(requestId: string): Promise<void>;
  /**
   * A human's decision on the question that was shown, `attention.id` of that status. The same decision on the same
   * question again changes nothing. @throws NotPossibleError with a sentence that says what is possible
   */
  resolve(requestId: string, resolution: Resolution): Promise<StatusWithCallback>;
  /** @throws NotPossibleError */
  recordOutcome(requestId: string, outcome: RecordedOutcome): Promise<StatusWithCallback>;
  /** Asks for the end; a call in flight is let end first. @throws NotPossibleError where it has ended */
  cancel(requestId: string): Promise<void>;
  /** Open ones first, the newest start first among them; then those that have ended, the latest end first. */
  list(filter?: SigningFilter): Promise<SigningSummary[]>;
  /** The evidence of a signing, whatever its state; from its histories alone, so that no worker is needed. */
  audit(requestId: string): Promise<SigningAudit>;
  /** The same list in pages. @throws InvalidRequestError where the cursor is none */
  listPage(filter?: SigningPageFilter): Promise<SigningPage>;
  /** Whose signing it is. No worker need run. */
  employeeOf(requestId: string): Promise<string>;
}

export function createSigningClient(
  client: Client,
  taskQueue: string = messages.DEFAULT_TASK_QUEUE,
  options: SigningClientOptions = {},
): SigningClient {
  const tenant: Tenant = { client, taskQueue };
  return {
    start: (input, parsed) => startSigning(tenant, options, input, parsed),
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
        getWorkflowInput(tenant, messages.buildWorkflowId(requestId, taskQueue)),
      );
      return parseRequest(input).request.employeeId;
    },
  };
}

/** States in which the workflow itself repeats a call, and the server knows nothing of it in between. */
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
