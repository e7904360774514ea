import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { CheckedDocuments } from '../activities/check-documents.js';
import { checking } from './policies.js';
import type { Session } from './session.js';
import { rejection } from './start-rules.js';

/** Checks request and documents, and records each document's size and SHA-256. Fails clearly with all problems. */
export async function checkDocuments(session: Session, input: unknown): Promise<CheckedDocuments> {
  const checked = await check(input);
  for (const { name, bytes, sha256 } of checked.documents) session.learn(name, { bytes, sha256 });
  return checked;
}

async function check(input: unknown): Promise<CheckedDocuments> {
  try {
    return await checking.checkDocuments.executeWithOptions({ summary: 'Check request and documents' }, [
      input,
    ]);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
    throw rejection(`Nothing was sent: ${error.cause.message}`);
  }
}
