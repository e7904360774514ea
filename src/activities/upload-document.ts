import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { CheckedDocument, ContractSessionRef, UploadedFile } from '../domain/request.js';
import { type FlexpertoClient, RefusedError } from '../flexperto/index.js';
import { listPersonalValues } from '../shared/redaction.js';
import { UPLOAD_URL_FRESH_MS, minUrlLifetimeMs } from '../workflows/retry-policies.js';
import type { ActivityDependencies } from './dependencies.js';
import { createFailure, toFailure } from './failures.js';
import { withHeartbeat } from './heartbeat.js';

/** An upload URL in the history. Times in milliseconds since 1970. */
export interface EncryptedUploadUrl {
  readonly ciphertext: string;
  readonly expiresAt: number;
  readonly receivedAt: number;
}

/** Call 2; idempotent. */
export function createRequestUploadUrl({ flexperto, uploadUrlCipher, secrets }: ActivityDependencies) {
  return async (contractSession: ContractSessionRef): Promise<EncryptedUploadUrl> => {
    const { employeeId, sessionId } = contractSession;
    const context = { employeeId, signal: cancellationSignal() };
    try {
      const { url, expiresAt } = await withHeartbeat(() => flexperto.requestUploadUrl(context, sessionId));
      return { ciphertext: uploadUrlCipher.encrypt(url), expiresAt, receivedAt: Date.now() };
    } catch (error) {
      throw toFailure(error, {
        sensitiveValues: [...secrets, ...listPersonalValues(contractSession.participants)],
      });
    }
  };
}

/** Statuses by which the upload host rejects the token, not the document. */
const URL_REJECTED_STATUSES = [401, 403, 410];

type UploadDependencies = Pick<ActivityDependencies, 'sources' | 'uploadUrlCipher' | 'secrets'> & {
  readonly flexperto: Pick<FlexpertoClient, 'uploadDocument'>;
};

/**
 * Call 3; may be repeated, since an unattached file is harmless. Fails with `UploadUrlRejected` where only a new URL helps.
 * The document's bytes stream from the source to the socket.
 */
export function createUploadDocument({ flexperto, sources, uploadUrlCipher, secrets }: UploadDependencies) {
  return async (
    { participants }: ContractSessionRef,
    document: CheckedDocument,
    uploadUrl: EncryptedUploadUrl,
  ): Promise<UploadedFile> => {
    const signal = cancellationSignal();
    const url = uploadUrlCipher.decrypt(uploadUrl.ciphertext);
    if (url === undefined) throw createUrlRejected(document, 'was requested with another API key');
    if (isTooOld(uploadUrl, document.bytes))
      throw createUrlRejected(document, 'expires before the upload can end');
    const { name, bytes, source, sha256 } = document;
    try {
      const content = sources.read({ source, bytes, sha256 }, signal);
      const upload = { name, bytes, content };
      const { fileId, availableUntil } = await withHeartbeat(() =>
        flexperto.uploadDocument(url, upload, signal),
      );
      return { fileId, retentionMs: availableUntil === null ? null : availableUntil - Date.now() };
    } catch (error) {
      // The worker shuts down: the SDK turns the signal's reason into a retryable failure, so another worker uploads.
      if (signal.aborted) throw signal.reason;
      if (error instanceof RefusedError && URL_REJECTED_STATUSES.includes(error.status)) {
        throw createUrlRejected(document, `was refused by the upload host with status ${error.status}`);
      }
      throw toFailure(error, {
        document: name,
        sensitiveValues: [...secrets, url, ...listPersonalValues(participants)],
      });
    }
  };
}

function isTooOld({ expiresAt, receivedAt }: EncryptedUploadUrl, bytes: number): boolean {
  const now = Date.now();
  const isFresh = activityInfo().attempt === 1 && now - receivedAt < UPLOAD_URL_FRESH_MS;
  return !isFresh && expiresAt - now < minUrlLifetimeMs(bytes);
}

function createUrlRejected({ name }: CheckedDocument, reason: string) {
  return createFailure('UploadUrlRejected', `${name}: the upload URL ${reason}; a new one is requested`);
}
