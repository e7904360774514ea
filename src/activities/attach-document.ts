import type { VendorDocument } from '../domain/vendor-document.js';
import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { personalValues, vendorDocument } from './redact.js';
import type { SessionRef } from './session-ref.js';
import { unrepeatable } from './unrepeatable.js';

/** Call 4; made in one attempt, and never cancelled in flight. `null` where the vendor answers nothing. */
export function createAttachDocument({ flexperto, secrets }: ActivityDependencies) {
  return (
    session: SessionRef,
    { fileId, name }: { readonly fileId: string; readonly name: string },
    knownRun: string,
  ): Promise<VendorDocument | null> => {
    const { employeeId, sessionId } = session;
    const hidden = [...secrets, ...personalValues(session.participants)];
    return unrepeatable({ name: `${name}: attach`, knownRun }, { document: name, hidden }, async () => {
      const attached = await beating(() => flexperto.attachDocument({ employeeId }, sessionId, fileId));
      return attached === null ? null : vendorDocument(attached, hidden);
    });
  };
}
