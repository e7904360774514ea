import { cancellationSignal } from '@temporalio/activity';
import type { VendorDocument } from '../domain/vendor-document.js';
import { OutcomeUnknownError, RefusedError, type FlexpertoClient } from '../flexperto/index.js';
import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { failure, toFailure } from './failures.js';
import { personalValues, vendorDocument } from './redact.js';
import type { SessionRef } from './session-ref.js';

/** A look at a session's documents. */
export interface ListRequest extends SessionRef {
  /** Whether the list call has answered for this session before; only if not can a 404 mean that it does not exist. */
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

/** The list call without the hidden values; the answers of a server that does not know it are told apart from the others. */
export async function list(
  flexperto: FlexpertoClient,
  request: ListRequest,
  hidden: readonly string[],
): Promise<VendorDocument[]> {
  const { employeeId, sessionId, listWorks } = request;
  try {
    const listed = await flexperto.listDocuments({ employeeId, signal: cancellationSignal() }, sessionId);
    return listed.map((document) => vendorDocument(document, hidden));
  } catch (error) {
    const answered =
      error instanceof RefusedError || error instanceof OutcomeUnknownError ? error.status : undefined;
    if (!listWorks && answered !== undefined && [404, 405, 501].includes(answered)) {
      throw failure(
        'CallMissing',
        `list documents: this tenant does not have the call (status ${answered})`,
        { status: answered },
      );
    }
    throw error;
  }
}
