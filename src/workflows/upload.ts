import { sleep } from '@temporalio/workflow';
import type { SealedUploadUrl } from '../activities/request-upload-url.js';
import { isBusy, type StepFailure } from '../domain/call-failure.js';
import { retryPauseMs } from '../domain/pacing.js';
import type { CheckedDocument } from '../domain/request.js';
import { countUrlRefresh } from './metrics.js';
import { freely, uploading } from './policies.js';
import { quickly, quicklyOr } from './quickly.js';
import { contractSession, type Session } from './session.js';
import { stepFailure } from './step-failure.js';

const AT_ONCE = 3;

/** Rounds of an upload's own retries, each with a fresh URL, before a human is asked; about two hours. */
const ROUNDS = 8;

/** Fresh URLs refused in a row before a human is asked: the fault is not their age. */
const REFUSED_URLS = 5;

/**
 * Uploads what is not uploaded yet, a few documents at a time over one shared upload URL. Documents that fail for good
 * are reported together, once all others are through; `retry` goes on with them alone.
 */
export async function upload(session: Session, documents: readonly CheckedDocument[]): Promise<void> {
  for (;;) {
    const failures = await uploadMissing(session, documents);
    session.showFailure(null);
    if (failures.length === 0) return;
    const reasons = new Set(failures.map(({ message }) => message));
    await session.park('upload', [...reasons].join('; '), ['retry', 'abort']);
  }
}

async function uploadMissing(
  session: Session,
  documents: readonly CheckedDocument[],
): Promise<StepFailure[]> {
  const uploaded = new Set(
    session.status().documents.flatMap(({ fileId, name }) => (fileId === null ? [] : name)),
  );
  const missing = documents.filter(({ name }) => !uploaded.has(name));
  const queue = missing.values();
  const uploadUrl = shareUploadUrl(session);
  const failures: StepFailure[] = [];
  const lane = async (): Promise<void> => {
    for (const document of queue) {
      const result = await uploadOne(session, document, uploadUrl);
      if (typeof result === 'string') session.learn(document.name, { fileId: result });
      else failures.push(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, missing.length) }, lane));
  return failures;
}

/** Uploads one document, over as many URLs as it takes. Returns the file id, or why a human is needed. */
async function uploadOne(
  session: Session,
  document: CheckedDocument,
  uploadUrl: SharedUploadUrl,
): Promise<string | StepFailure> {
  let rounds = 0;
  let refusedUrls = 0;
  for (;;) {
    const failure = await uploadOver(session, uploadUrl, document);
    if (typeof failure === 'string') return failure;
    if (failure.kind === 'UploadUrlRejected') {
      refusedUrls += 1;
      if (refusedUrls >= REFUSED_URLS) return failure;
      if (refusedUrls > 1)
        await sleep(retryPauseMs(refusedUrls), { summary: 'Pause before a fresh upload URL' });
    } else {
      refusedUrls = 0;
      rounds += 1;
      if (!isPassing(failure) || rounds >= ROUNDS) return failure;
      session.showFailure(failure.message);
      await sleep(retryPauseMs(rounds, failure.retryAfterMs), { summary: `Next round for ${document.name}` });
    }
  }
}

async function uploadOver(
  session: Session,
  uploadUrl: SharedUploadUrl,
  document: CheckedDocument,
): Promise<string | StepFailure> {
  const url = uploadUrl.current();
  try {
    const summary = `Upload ${document.name}`;
    return await uploading.uploadDocument.executeWithOptions({ summary }, [
      contractSession(session),
      document,
      await url,
    ]);
  } catch (error) {
    const failure = stepFailure(error);
    if (uploadUrl.replace(url)) countUrlRefresh(failure.kind);
    return failure;
  }
}

interface SharedUploadUrl {
  current(): Promise<SealedUploadUrl>;
  /** The next upload gets a fresh URL; `false` where another document has had this one replaced already. */
  replace(failed: Promise<SealedUploadUrl>): boolean;
}

/** One URL serves several uploads (the page: "may be used for several uploads"); it is requested when first needed. */
function shareUploadUrl(session: Session): SharedUploadUrl {
  let url: Promise<SealedUploadUrl> | undefined;
  return {
    current: () => (url ??= requestUploadUrl(session)),
    replace: (failed) => {
      if (url !== failed) return false;
      url = undefined;
      return true;
    },
  };
}

function requestUploadUrl(session: Session): Promise<SealedUploadUrl> {
  const options = { summary: 'Request an upload URL, valid for an hour' };
  return quicklyOr(
    () => quickly.requestUploadUrl.executeWithOptions(options, [contractSession(session)]),
    () => freely.requestUploadUrl.executeWithOptions(options, [contractSession(session)]),
  );
}

/** Whether another round can help without anybody doing anything. */
function isPassing({ kind, status }: StepFailure): boolean {
  return kind === 'NotSent' || kind === 'OutcomeUnknown' || kind === 'AnswerNotUnderstood' || isBusy(status);
}
