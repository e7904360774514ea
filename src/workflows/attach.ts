import { isFileGone, type StepFailure } from '../domain/call-failure.js';
import type { CheckedDocument } from '../domain/request.js';
import type { DocumentState } from '../domain/status.js';
import { findAttached, observed, type VendorDocument } from '../domain/vendor-document.js';
import { exactlyOnce, type Settled, type UnrepeatableCall } from './exactly-once.js';
import { settleByList } from './list.js';
import { FILE_NEEDED_MS, oneAttempt } from './policies.js';
import { contractSession, type Session } from './session.js';
import { upload } from './upload.js';

/** Attaches the uploaded files in the request's order, each exactly once. */
export async function attach(session: Session, documents: readonly CheckedDocument[]): Promise<void> {
  for (const document of documents) {
    const attached = await exactlyOnce(session, attachCall(session, document));
    const { state } = stateOf(session, document);
    session.learn(document.name, attached === null ? { status: 'ATTACHED' } : news(attached, state));
  }
}

/** The result is `null` where nothing is known of the document but that it is attached. */
function attachCall(session: Session, document: CheckedDocument): UnrepeatableCall<VendorDocument | null> {
  let likely: VendorDocument | null = null;
  const { name } = document;
  const file = () => ({ fileId: stateOf(session, document).state.fileId ?? '', name });
  const settled = (listed: VendorDocument[]): Settled<VendorDocument> => {
    const found = findAttached(listed, file(), stateOf(session, document).others);
    if (found.is === 'unclear') likely = found.likely;
    if (found.is === 'attached') return { happened: found.entry };
    return found.is === 'absent' ? 'did-not-happen' : 'cannot-be-known';
  };
  return {
    step: 'attach',
    prepare: (refused) => uploadAgainIfGone(session, document, refused),
    make: (knownRun) =>
      oneAttempt.attachDocument.executeWithOptions({ summary: `Attach ${name}` }, [
        contractSession(session),
        file(),
        knownRun,
      ]),
    unproven: (answer) =>
      answer?.documentId == null
        ? `${name}: flexperto has accepted attach, and no list of documents shows the document`
        : undefined,
    settle: (failure) => settleByList(session, 'attach', failure, settled),
    adopted: () => likely,
  };
}

/** A file that the vendor keeps no longer, by its own word at the upload or now, cannot be attached any more. */
async function uploadAgainIfGone(
  session: Session,
  document: CheckedDocument,
  refused: StepFailure | undefined,
): Promise<void> {
  const until = session.keptUntil.get(document.name);
  const isOver = until !== undefined && until - Date.now() < FILE_NEEDED_MS;
  if (isOver || isFileGone(refused?.status)) await upload(session, [document]);
}

function stateOf(
  session: Session,
  { name }: CheckedDocument,
): { readonly state: DocumentState; readonly others: readonly DocumentState[] } {
  const { documents } = session.status();
  const state = documents.find((one) => one.name === name);
  if (state === undefined) throw new TypeError(`the status has no document ${name}`);
  return { state, others: documents.filter((one) => one !== state) };
}

function news(attached: VendorDocument, document: DocumentState): Partial<DocumentState> {
  return { ...observed(attached, document), status: attached.status ?? 'ATTACHED' };
}
