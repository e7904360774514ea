import { cancellationSignal } from '@temporalio/activity';
import { isUnsupportedStatus } from '../domain/call-failure.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import { OutcomeUnknownError, RefusedError, type FlexpertoClient } from '../flexperto/index.js';
import { withHeartbeat } from './heartbeat.js';
import type { ActivityDependencies } from './dependencies.js';
import { createFailure, toFailure } from './failures.js';
import { listPersonalValues, redactDocument } from '../shared/redaction.js';
import type { ContractSessionRef } from '../domain/request.js';

/** A look at a session's documents. */
export interface ListRequest extends ContractSessionRef {
  /** Whether the list call has answered for this session before; if so, a 404 does not mean that the call is missing. */
  readonly listWorks: boolean;
}

/** Call 5, to settle what became of an unclear call; retried freely. Fails with `CallMissing` where it does not exist. */
export function createListDocuments({ flexperto, secrets }: ActivityDependencies) {
  return async (request: ListRequest): Promise<VendorDocument[]> => {
    const sensitiveValues = [...secrets, ...listPersonalValues(request.participants)];
    try {
      return await withHeartbeat(() => listRedacted(flexperto, request, sensitiveValues));
    } catch (error) {
      throw toFailure(error, { sensitiveValues });
    }
  };
}

/** Clients, of which a worker has one for its tenant, whose list call has answered. */
const clientsWithList = new WeakSet<FlexpertoClient>();

/**
 * The list call without the hidden values, with the answers of a server that does not know it told apart from the others.
 * Once it has answered this worker or the session, the tenant has it, and such an answer is a failure as any other.
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
