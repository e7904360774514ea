import type { DocumentState } from '../domain/status.js';
import { findAttached, observed, type VendorDocument } from '../domain/vendor-document.js';
import { exactlyOnce, type Settled } from './exactly-once.js';
import { settleByList } from './list.js';
import { oneAttempt } from './policies.js';
import { contractSession, type Session } from './session.js';

/** Attaches the uploaded files in the request's order, each exactly once. */
export async function attach(session: Session): Promise<void> {
  for (const document of session.status().documents) {
    const { fileId, name } = document;
    if (fileId === null) continue;
    const attached = await attachOne(session, { fileId, name });
    session.learn(name, attached === null ? { status: 'ATTACHED' } : news(attached, document));
  }
}

/** `null` where nothing is known of the document but that it is attached. */
function attachOne(session: Session, file: { fileId: string; name: string }): Promise<VendorDocument | null> {
  return exactlyOnce<VendorDocument | null>(session, {
    step: 'attach',
    make: (knownRun) =>
      oneAttempt.attachDocument.executeWithOptions({ summary: `Attach ${file.name}` }, [
        contractSession(session),
        file,
        knownRun,
      ]),
    settle: () => settleByList(session, 'attach', (listed) => settled(listed, file)),
    adopted: () => null,
  });
}

function settled(listed: VendorDocument[], file: { fileId: string; name: string }): Settled<VendorDocument> {
  const found = findAttached(listed, file);
  if (found === 'absent') return 'did-not-happen';
  return found === 'unclear' ? 'cannot-be-known' : { happened: found };
}

function news(attached: VendorDocument, document: DocumentState): Partial<DocumentState> {
  return { ...observed(attached, document), status: attached.status ?? 'ATTACHED' };
}
