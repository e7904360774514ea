import { sleep } from '@temporalio/workflow';
import type { SealedUploadUrl } from '../activities/request-upload-url.js';
import { isBusy, type StepFailure } from '../domain/call-failure.js';
import { retryPauseMs } from '../domain/pacing.js';
import type { CheckedDocument, UploadedFile } from '../domain/request.js';
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
 * Uploads documents, a few at a time over one shared upload URL. Those that fail for good are reported together, once
 * all others are through; `retry` goes on with them alone. A document that was uploaded before gets another file.
 */
export async function upload(session: Session, documents: readonly CheckedDocument[]): Promise<void> {
  for (let missing = documents; ;) {
    const failures = await uploadAll(session, missing);
    session.showFailure(null);
    if (failures.size === 0) return;
    const reasons = new Set([...failures.values()].map(({ message }) => message));
    await session.park('upload', [...reasons].join('; '), ['retry', 'abort']);
    missing = missing.filter((document) => failures.has(document));
  }
}

async function uploadAll(
  session: Session,
  documents: readonly CheckedDocument[],
): Promise<ReadonlyMap<CheckedDocument, StepFailure>> {
  const queue = documents.values();
  const uploadUrl = shareUploadUrl(session);
  const failures = new Map<CheckedDocument, StepFailure>();
  const lane = async (): Promise<void> => {
    for (const document of queue) {
      const result = await uploadOne(session, document, uploadUrl);
      if ('fileId' in result) learn(session, document, result);
      else failures.set(document, result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, documents.length) }, lane));
  return failures;
}

function learn(session: Session, { name }: CheckedDocument, { fileId, keptForMs }: UploadedFile): void {
  if (keptForMs === null) session.keptUntil.delete(name);
  else session.keptUntil.set(name, Date.now() + keptForMs);
  session.learn(name, { fileId });
}

/** Uploads one document, over as many URLs as it takes. Returns the file, or why a human is needed. */
async function uploadOne(
  session: Session,
  document: CheckedDocument,
  uploadUrl: SharedUploadUrl,
): Promise<UploadedFile | StepFailure> {
  let rounds = 0;
  let refusedUrls = 0;
  for (;;) {
    const failure = await uploadOver(session, uploadUrl, document);
    if ('fileId' in failure) return failure;
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
): Promise<UploadedFile | StepFailure> {
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
