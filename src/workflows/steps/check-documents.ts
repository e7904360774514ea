import { ActivityFailure, ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { CheckedDocuments } from '../../activities/check-documents.js';
import type { CheckedDocument } from '../../domain/request.js';
import type { DocumentState } from '../../domain/status.js';
import { documentCheck } from '../activity-proxies.js';
import type { Signing } from '../signing.js';
import { RESET_REASON, createRejection, isReset } from '../start-guard.js';

/**
 * Checks request and documents, and enters the next state with each document's size and SHA-256. The first run fails with
 * all problems. A run that Temporal started over asks a person, since the customer may be signing what the run before sent.
 */
export async function checkDocuments(signing: Signing, input: unknown): Promise<CheckedDocuments> {
  const checked = await checkUntilAccepted(signing, input);
  const { documents } = signing.status();
  signing.transitionTo('initiating', {
    documents: documents.map((document, index) => ({
      ...document,
      ...pickCheckedFields(checked.documents[index]),
    })),
  });
  return checked;
}

const SUMMARY = 'Check the request and the documents';

function pickCheckedFields(document: CheckedDocument | undefined): Partial<DocumentState> {
  return document === undefined ? {} : { bytes: document.bytes, sha256: document.sha256 };
}

async function checkUntilAccepted(signing: Signing, input: unknown): Promise<CheckedDocuments> {
  const { firstExecutionRunId } = workflowInfo();
  for (;;) {
    try {
      return await documentCheck.checkDocuments.executeWithOptions({ summary: SUMMARY }, [
        input,
        firstExecutionRunId,
      ]);
    } catch (error) {
      if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
      const { message } = error.cause;
      if (!isReset()) throw createRejection(`Nothing was sent: ${message}`);
      await signing.waitForDecision('check-documents', `${message}. ${RESET_REASON}`, ['retry', 'abort']);
    }
  }
}
