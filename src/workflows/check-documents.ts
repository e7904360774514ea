import { ActivityFailure, ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { CheckedDocuments } from '../activities/check-documents.js';
import type { CheckedDocument } from '../domain/request.js';
import type { DocumentState } from '../domain/status.js';
import { checking } from './policies.js';
import type { Session } from './session.js';
import { areUsedIdsRefused } from './start-mark.js';
import { isStartedOver, rejection, STARTED_OVER } from './start-rules.js';

/**
 * Checks request and documents, and enters the next state with each document's size and SHA-256. Fails clearly with all
 * problems, in the first run. In a later one a human is asked, since what the run before has sent can be signed.
 */
export async function checkDocuments(session: Session, input: unknown): Promise<CheckedDocuments> {
  const checked = await check(session, input);
  const { documents } = session.status();
  session.enter('initiating', {
    documents: documents.map((document, index) => ({ ...document, ...facts(checked.documents[index]) })),
  });
  return checked;
}

const SUMMARY = 'Check request and documents';

function facts(document: CheckedDocument | undefined): Partial<DocumentState> {
  return document === undefined ? {} : { bytes: document.bytes, sha256: document.sha256 };
}

async function check(session: Session, input: unknown): Promise<CheckedDocuments> {
  const { firstExecutionRunId } = workflowInfo();
  const args = [input, firstExecutionRunId, areUsedIdsRefused()] as const;
  for (;;) {
    try {
      return await checking.checkDocuments.executeWithOptions({ summary: SUMMARY }, [...args]);
    } catch (error) {
      if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
      const { message } = error.cause;
      if (!isStartedOver()) throw rejection(`Nothing was sent: ${message}`);
      await session.park('check-documents', `${message}. ${STARTED_OVER}`, ['retry', 'abort']);
    }
  }
}
