import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { uploadNeedsMs } from '../domain/pacing.js';
import type { CheckedDocument, UploadedFile } from '../domain/request.js';
import { RefusedError, type FlexpertoClient } from '../flexperto/index.js';
import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { failure, toFailure } from './failures.js';
import { personalValues } from './redact.js';
import type { SealedUploadUrl } from './request-upload-url.js';
import type { SessionRef } from './session-ref.js';

/** An upload URL this young is used even where its validity looks too short: a younger one would not last longer. */
const YOUNG_MS = 60_000;

/** Statuses by which the upload host turns down the token rather than the document. */
const URL_REFUSED = [401, 403, 410];

type UploadDependencies = Pick<ActivityDependencies, 'sources' | 'seal' | 'secrets'> & {
  readonly flexperto: Pick<FlexpertoClient, 'uploadDocument'>;
};

/**
 * Call 3; may be repeated, since a file that is never attached is harmless. Fails with `UploadUrlRejected` where only a
 * fresh URL helps. The document's bytes stream from the source to the socket.
 */
export function createUploadDocument({ flexperto, sources, seal, secrets }: UploadDependencies) {
  return async (
    { participants }: SessionRef,
    document: CheckedDocument,
    uploadUrl: SealedUploadUrl,
  ): Promise<UploadedFile> => {
    const signal = cancellationSignal();
    const url = seal.unseal(uploadUrl.sealed);
    if (url === undefined) throw rejected(document, 'was requested with another API key');
    if (isTooOld(uploadUrl, document.bytes)) throw rejected(document, 'expires before the upload can end');
    const { name, bytes, source, sha256, sealedMac } = document;
    const mac = sealedMac === undefined ? undefined : seal.unseal(sealedMac);
    try {
      const content = sources.read({ source, bytes, sha256, mac }, signal);
      const upload = { name, bytes, content };
      const { fileId, availableUntil } = await beating(() => flexperto.uploadDocument(url, upload, signal));
      return { fileId, keptForMs: availableUntil === null ? null : availableUntil - Date.now() };
    } catch (error) {
      // A worker that shuts down hands the upload over: the SDK makes a retryable failure of the signal's reason.
      if (signal.aborted) throw signal.reason;
      if (error instanceof RefusedError && URL_REFUSED.includes(error.status)) {
        throw rejected(document, `was refused by the upload host with status ${error.status}`);
      }
      throw toFailure(error, { document: name, hidden: [...secrets, url, ...personalValues(participants)] });
    }
  };
}

function isTooOld({ expiresAt, receivedAt }: SealedUploadUrl, bytes: number): boolean {
  const now = Date.now();
  const young = activityInfo().attempt === 1 && now - receivedAt < YOUNG_MS;
  return !young && expiresAt - now < uploadNeedsMs(bytes);
}

function rejected({ name }: CheckedDocument, why: string) {
  return failure('UploadUrlRejected', `${name}: the upload URL ${why}; a fresh one is requested`);
}
