import { sleep } from '@temporalio/workflow';
import type { EncryptedUploadUrl } from '../../activities/upload-document.js';
import { type StepFailure, isBusyStatus } from '../../domain/call-failure.js';
import type { CheckedDocument, UploadedFile } from '../../domain/request.js';
import { idempotent, local, localThenRemote, uploads } from '../activity-proxies.js';
import { countUrlRefresh } from '../metrics.js';
import { UPLOAD_CONCURRENCY, type UploadRounds, uploadPauseMs } from '../retry-policies.js';
import { type Signing, getContractSession } from '../signing.js';
import { toStepFailure } from '../step-failure.js';

/**
 * Uploads documents, a few at a time over one shared upload URL. Once all are through, a person is asked about those that
 * failed for good; `retry` uploads them alone. A document that was uploaded before gets another file.
 */
export async function upload(signing: Signing, documents: readonly CheckedDocument[]): Promise<void> {
  for (let missing = documents; ;) {
    const failures = await uploadAll(signing, missing);
    signing.publishFailure(null);
    if (failures.size === 0) return;
    const reasons = new Set([...failures.values()].map(({ message }) => message));
    await signing.waitForDecision('upload', [...reasons].join('; '), ['retry', 'abort']);
    missing = missing.filter((document) => failures.has(document));
  }
}

async function uploadAll(
  signing: Signing,
  documents: readonly CheckedDocument[],
): Promise<ReadonlyMap<CheckedDocument, StepFailure>> {
  const queue = documents.values();
  const uploadUrl = createSharedUploadUrl(signing);
  const failures = new Map<CheckedDocument, StepFailure>();
  const worker = async (): Promise<void> => {
    for (const document of queue) {
      const result = await uploadOne(signing, document, uploadUrl);
      if ('fileId' in result) recordUploadedFile(signing, document, result);
      else failures.set(document, result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(UPLOAD_CONCURRENCY, documents.length) }, worker));
  return failures;
}

function recordUploadedFile(
  signing: Signing,
  { name }: CheckedDocument,
  { fileId, retentionMs }: UploadedFile,
): void {
  if (retentionMs === null) signing.fileExpiresAt.delete(name);
  else signing.fileExpiresAt.set(name, Date.now() + retentionMs);
  signing.updateDocument(name, { fileId });
}

/** Uploads one document, over as many URLs as it takes. Returns the file, or why a person must decide. */
async function uploadOne(
  signing: Signing,
  document: CheckedDocument,
  uploadUrl: SharedUploadUrl,
): Promise<UploadedFile | StepFailure> {
  let rounds: UploadRounds = { failedUrls: 0, rejectedUrls: 0 };
  for (;;) {
    const result = await tryUpload(signing, uploadUrl, document);
    if ('fileId' in result) return result;
    if (!needsFreshUrl(result)) return result;
    const isUrlRejected = result.kind === 'UploadUrlRejected';
    rounds = isUrlRejected
      ? { ...rounds, rejectedUrls: rounds.rejectedUrls + 1 }
      : { failedUrls: rounds.failedUrls + 1, rejectedUrls: 0 };
    const pauseMs = uploadPauseMs(rounds, result.retryAfterMs);
    if (pauseMs === undefined) return result;
    if (!isUrlRejected) signing.publishFailure(result.message);
    const summary = `Pause before a fresh upload URL for ${document.name}`;
    if (pauseMs > 0) await sleep(pauseMs, { summary });
  }
}

async function tryUpload(
  signing: Signing,
  uploadUrl: SharedUploadUrl,
  document: CheckedDocument,
): Promise<UploadedFile | StepFailure> {
  const url = uploadUrl.current();
  try {
    const summary = `Upload ${document.name}`;
    return await uploads.uploadDocument.executeWithOptions({ summary }, [
      getContractSession(signing),
      document,
      await url,
    ]);
  } catch (error) {
    const failure = toStepFailure(error);
    if (uploadUrl.replace(url)) countUrlRefresh(failure.kind);
    return failure;
  }
}

interface SharedUploadUrl {
  current(): Promise<EncryptedUploadUrl>;
  /** Makes the next upload request a fresh URL. Returns `false` where another document has done so before. */
  replace(failed: Promise<EncryptedUploadUrl>): boolean;
}

/** One URL serves several uploads (vendor's page: "may be used for several uploads"). It is requested when first needed. */
function createSharedUploadUrl(signing: Signing): SharedUploadUrl {
  let url: Promise<EncryptedUploadUrl> | undefined;
  return {
    current: () => (url ??= requestUploadUrl(signing)),
    replace: (failed) => {
      if (url !== failed) return false;
      url = undefined;
      return true;
    },
  };
}

function requestUploadUrl(signing: Signing): Promise<EncryptedUploadUrl> {
  const options = { summary: 'Request an upload URL, valid for an hour' };
  return localThenRemote(
    () => local.requestUploadUrl.executeWithOptions(options, [getContractSession(signing)]),
    () => idempotent.requestUploadUrl.executeWithOptions(options, [getContractSession(signing)]),
  );
}

/** Whether an upload over a fresh URL can succeed without anybody's help. */
function needsFreshUrl({ kind, status }: StepFailure): boolean {
  return (
    ['UploadUrlRejected', 'NotSent', 'OutcomeUnknown', 'AnswerNotUnderstood'].includes(kind) ||
    isBusyStatus(status)
  );
}
