import { type StepFailure, isFileGoneStatus } from '../../domain/call-failure.js';
import type { CheckedDocument } from '../../domain/request.js';
import type { DocumentState } from '../../domain/status.js';
import { type VendorDocument, findAttached, pickVendorFields } from '../../domain/vendor-document.js';
import { nonIdempotent } from '../activity-proxies.js';
import { type NonIdempotentStep, type Reconciliation, executeAtMostOnce } from '../at-most-once.js';
import { reconcileWithList } from '../reconcile-with-list.js';
import { ATTACH_MIN_FILE_LIFETIME_MS } from '../retry-policies.js';
import { type Signing, getContractSession } from '../signing.js';
import { upload } from './upload.js';

/** Attaches the uploaded files in the request's order, each exactly once. */
export async function attach(signing: Signing, documents: readonly CheckedDocument[]): Promise<void> {
  for (const document of documents) {
    const attached = await executeAtMostOnce(signing, createAttachStep(signing, document));
    const { state } = findDocument(signing, document);
    signing.updateDocument(
      document.name,
      attached === null ? { status: 'ATTACHED' } : pickAttachedFields(attached, state),
    );
  }
}

/** The result is `null` where the document is attached and nothing else is known of it. */
function createAttachStep(
  signing: Signing,
  document: CheckedDocument,
): NonIdempotentStep<VendorDocument | null> {
  let likelyEntry: VendorDocument | null = null;
  const { name } = document;
  const file = () => ({ fileId: findDocument(signing, document).state.fileId ?? '', name });
  const reconcile = (listed: VendorDocument[]): Reconciliation<VendorDocument> => {
    const finding = findAttached(listed, file(), findDocument(signing, document).others);
    if (finding.kind === 'ambiguous') likelyEntry = finding.likelyEntry;
    if (finding.kind === 'attached') return { result: finding.entry };
    return finding.kind === 'absent' ? 'did-not-take-effect' : 'unknown';
  };
  return {
    step: 'attach',
    prepare: (lastRefusal) => uploadAgainIfExpired(signing, document, lastRefusal),
    execute: (safeRunId) =>
      nonIdempotent.attachDocument.executeWithOptions({ summary: `Attach ${name}` }, [
        getContractSession(signing),
        file(),
        safeRunId,
      ]),
    explainUnverified: (response) =>
      response?.documentId == null
        ? `${name}: flexperto has accepted attach, but no list of documents shows the document`
        : undefined,
    reconcile: (failure) => reconcileWithList(signing, 'attach', failure, reconcile),
    adoptResult: () => likelyEntry,
  };
}

/** The vendor deletes uploaded files after a while: it says when at the upload, or answers that the file is gone. */
async function uploadAgainIfExpired(
  signing: Signing,
  document: CheckedDocument,
  lastRefusal: StepFailure | undefined,
): Promise<void> {
  const expiresAt = signing.fileExpiresAt.get(document.name);
  const isExpiring = expiresAt !== undefined && expiresAt - Date.now() < ATTACH_MIN_FILE_LIFETIME_MS;
  if (isExpiring || isFileGoneStatus(lastRefusal?.status)) await upload(signing, [document]);
}

function findDocument(
  signing: Signing,
  { name }: CheckedDocument,
): { readonly state: DocumentState; readonly others: readonly DocumentState[] } {
  const { documents } = signing.status();
  const state = documents.find((candidate) => candidate.name === name);
  if (state === undefined) throw new TypeError(`the status has no document ${name}`);
  return { state, others: documents.filter((candidate) => candidate !== state) };
}

function pickAttachedFields(attached: VendorDocument, document: DocumentState): Partial<DocumentState> {
  return { ...pickVendorFields(attached, document), status: attached.status ?? 'ATTACHED' };
}
