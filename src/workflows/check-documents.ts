import { ActivityFailure, ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { CheckedDocuments } from '../activities/check-documents.js';
import type { CheckedDocument } from '../domain/request.js';
import type { DocumentState } from '../domain/status.js';
import { checking } from './policies.js';
import type { Session } from './session.js';
import { areUsedIdsRefused } from './start-mark.js';
import { rejection } from './start-rules.js';

/** Checks request and documents, and enters the next state with each document's size and SHA-256. Fails clearly with all problems. */
export async function checkDocuments(session: Session, input: unknown): Promise<CheckedDocuments> {
  const checked = await check(input);
  const { documents } = session.status();
  session.enter('initiating', {
    documents: documents.map((document, index) => ({ ...document, ...facts(checked.documents[index]) })),
  });
  return checked;
}

function facts(document: CheckedDocument | undefined): Partial<DocumentState> {
  return document === undefined ? {} : { bytes: document.bytes, sha256: document.sha256 };
}

async function check(input: unknown): Promise<CheckedDocuments> {
  try {
    const { firstExecutionRunId } = workflowInfo();
    return await checking.checkDocuments.executeWithOptions({ summary: 'Check request and documents' }, [
      input,
      firstExecutionRunId,
      areUsedIdsRefused(),
    ]);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
    throw rejection(`Nothing was sent: ${error.cause.message}`);
  }
}
