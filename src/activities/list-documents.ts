import { cancellationSignal } from '@temporalio/activity';
import { isUnsupportedStatus } from '../domain/call-failure.js';
import type { ContractSessionRef } from '../domain/request.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import { type FlexpertoClient, OutcomeUnknownError, RefusedError } from '../flexperto/index.js';
import { listPersonalValues, redactDocument } from '../shared/redaction.js';
import type { ActivityDependencies } from './dependencies.js';
import { createFailure, toFailure } from './failures.js';
import { withHeartbeat } from './heartbeat.js';

/** A request for a contract session's documents. */
export interface ListRequest extends ContractSessionRef {
  /** Whether the list call has worked for this signing before. If so, a 404 does not mean that the tenant lacks the call. */
  readonly listWorks: boolean;
}

/** Call 5, once, for somebody who waits for the result; idempotent. Fails with `CallNotSupported` where the tenant lacks it. */
export function createListDocuments({
  flexperto,
  secrets,
}: Pick<ActivityDependencies, 'flexperto' | 'secrets'>) {
  return async (request: ListRequest): Promise<VendorDocument[]> => {
    const sensitiveValues = [...secrets, ...listPersonalValues(request.participants)];
    try {
      return await withHeartbeat(() => listRedacted(flexperto, request, sensitiveValues));
    } catch (error) {
      throw toFailure(error, { sensitiveValues });
    }
  };
}

/** The clients whose list call has worked. A worker has one client, for its tenant. */
const clientsWithList = new WeakSet<FlexpertoClient>();

/**
 * The list call, with sensitive values redacted. A 404, 405 or 501 becomes `CallNotSupported`, unless the call has worked
 * for this worker or this signing before: then the tenant has it.
 */
export async function listRedacted(
  flexperto: FlexpertoClient,
  request: ListRequest,
  sensitiveValues: readonly string[],
): Promise<VendorDocument[]> {
  const { employeeId, sessionId, listWorks } = request;
  try {
    const listed = await flexperto.listDocuments({ employeeId, signal: cancellationSignal() }, sessionId);
    clientsWithList.add(flexperto);
    return listed.map((document) => redactDocument(document, sensitiveValues));
  } catch (error) {
    const status =
      error instanceof RefusedError || error instanceof OutcomeUnknownError ? error.status : undefined;
    if (
      status !== undefined &&
      isUnsupportedStatus(status) &&
      !listWorks &&
      !clientsWithList.has(flexperto)
    ) {
      throw createFailure(
        'CallNotSupported',
        `list documents: this tenant does not seem to have the call (status ${status})`,
        { status },
      );
    }
    throw error;
  }
}
