import { cancellationSignal } from '@temporalio/activity';
import { isMissing } from '../domain/call-failure.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import { OutcomeUnknownError, RefusedError, type FlexpertoClient } from '../flexperto/index.js';
import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { failure, toFailure } from './failures.js';
import { personalValues, vendorDocument } from './redact.js';
import type { SessionRef } from './session-ref.js';

/** A look at a session's documents. */
export interface ListRequest extends SessionRef {
  /** Whether the list call has answered for this session before; if so, a 404 does not mean that the call is missing. */
  readonly listWorks: boolean;
}

/** Call 5, to settle what became of an unclear call; retried freely. Fails with `CallMissing` where it does not exist. */
export function createListDocuments({ flexperto, secrets }: ActivityDependencies) {
  return async (request: ListRequest): Promise<VendorDocument[]> => {
    const hidden = [...secrets, ...personalValues(request.participants)];
    try {
      return await beating(() => list(flexperto, request, hidden));
    } catch (error) {
      throw toFailure(error, { hidden });
    }
  };
}

/** Clients, of which a worker has one for its tenant, whose list call has answered. */
const answering = new WeakSet<FlexpertoClient>();

/**
 * The list call without the hidden values, with the answers of a server that does not know it told apart from the others.
 * Once it has answered this worker or the session, the tenant has it, and such an answer is a failure as any other.
 */
export async function list(
  flexperto: FlexpertoClient,
  request: ListRequest,
  hidden: readonly string[],
): Promise<VendorDocument[]> {
  const { employeeId, sessionId, listWorks } = request;
  try {
    const listed = await flexperto.listDocuments({ employeeId, signal: cancellationSignal() }, sessionId);
    answering.add(flexperto);
    return listed.map((document) => vendorDocument(document, hidden));
  } catch (error) {
    const answered =
      error instanceof RefusedError || error instanceof OutcomeUnknownError ? error.status : undefined;
    if (answered !== undefined && isMissing(answered) && !listWorks && !answering.has(flexperto)) {
      throw failure(
        'CallMissing',
        `list documents: this tenant does not seem to have the call (status ${answered})`,
        { status: answered },
      );
    }
    throw error;
  }
}
