import type { VendorDocument } from '../domain/vendor-document.js';
import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure } from './failures.js';
import { requireKnownRun } from './known-run.js';
import { personalValues, vendorDocument } from './redact.js';
import type { SessionRef } from './session-ref.js';

/** Call 4; given one attempt by its policy, and never cancelled in flight. `null` where the vendor answers nothing. */
export function createAttachDocument({ flexperto, secrets }: ActivityDependencies) {
  return async (
    session: SessionRef,
    { fileId, name }: { readonly fileId: string; readonly name: string },
    knownRun: string,
  ): Promise<VendorDocument | null> => {
    requireKnownRun(`${name}: attach`, knownRun);
    const { employeeId, sessionId } = session;
    const hidden = [...secrets, ...personalValues(session.participants)];
    try {
      const attached = await beating(() => flexperto.attachDocument({ employeeId }, sessionId, fileId));
      return attached === null ? null : vendorDocument(attached, hidden);
    } catch (error) {
      throw toFailure(error, { document: name, hidden });
    }
  };
}
