import { sleep } from '@temporalio/workflow';
import type { EncryptedUploadUrl } from '../../activities/upload-document.js';
import { isBusyStatus, type StepFailure } from '../../domain/call-failure.js';
import { retryPauseMs } from '../retry-policies.js';
import type { CheckedDocument, UploadedFile } from '../../domain/request.js';
import { countUrlRefresh } from '../metrics.js';
import { idempotent, uploads, local, localThenRemote } from '../activity-proxies.js';

import { getContractSession, type Signing } from '../signing.js';
import { toStepFailure } from '../step-failure.js';

const CONCURRENCY = 3;

/** Rounds of an upload's own retries, each with a fresh URL, before a human is asked; about two hours. */
const MAX_URL_ATTEMPTS = 8;

/** Fresh URLs refused in a row before a human is asked: the fault is not their age. */
const MAX_REJECTED_URLS = 5;

/**
 * Uploads documents, a few at a time over one shared upload URL. Those that fail for good are reported together, once
 * all others are through; `retry` goes on with them alone. A document that was uploaded before gets another file.
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
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, documents.length) }, worker));
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

/** Uploads one document, over as many URLs as it takes. Returns the file, or why a human is needed. */
async function uploadOne(
  signing: Signing,
  document: CheckedDocument,
  uploadUrl: SharedUploadUrl,
): Promise<UploadedFile | StepFailure> {
  let attempts = 0;
  let rejectedUrls = 0;
  for (;;) {
    const result = await tryUpload(signing, uploadUrl, document);
    if ('fileId' in result) return result;
    if (result.kind === 'UploadUrlRejected') {
      rejectedUrls += 1;
      if (rejectedUrls >= MAX_REJECTED_URLS) return result;
      if (rejectedUrls > 1)
        await sleep(retryPauseMs(rejectedUrls), { summary: 'Pause before a fresh upload URL' });
    } else {
      rejectedUrls = 0;
      attempts += 1;
      if (!isTransient(result) || attempts >= MAX_URL_ATTEMPTS) return result;
      signing.publishFailure(result.message);
      await sleep(retryPauseMs(attempts, result.retryAfterMs), {
        summary: `Next round for ${document.name}`,
      });
    }
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
  /** The next upload gets a fresh URL; `false` where another document has had this one replaced already. */
  replace(failed: Promise<EncryptedUploadUrl>): boolean;
}

/** One URL serves several uploads (the page: "may be used for several uploads"); it is requested when first needed. */
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

/** Whether another round can help without anybody doing anything. */
function isTransient({ kind, status }: StepFailure): boolean {
  return (
    kind === 'NotSent' || kind === 'OutcomeUnknown' || kind === 'AnswerNotUnderstood' || isBusyStatus(status)
  );
}
