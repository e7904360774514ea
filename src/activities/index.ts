import { createDeliverCallback, createWaitForReminder } from './callbacks.js';
import { createCheckDocuments } from './check-documents.js';
import type { ActivityDependencies } from './dependencies.js';
import { createListDocuments } from './list-documents.js';
import {
  createAttachDocument,
  createHandOverSession,
  createInitiateSession,
} from './non-idempotent-calls.js';
import { createPollDocuments } from './poll-documents.js';
import { createRequestUploadUrl, createUploadDocument } from './upload-document.js';
import { createValidateAdoption } from './validate-adoption.js';

export type { ActivityDependencies } from './dependencies.js';
export { createUploadUrlCipher } from './upload-url-cipher.js';

export type SigningActivities = ReturnType<typeof createActivities>;

/** The activities of the signing workflow, one per step of the API, and those of its callbacks. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    checkDocuments: createCheckDocuments(dependencies),
    initiateSession: createInitiateSession(dependencies),
    validateAdoption: createValidateAdoption(dependencies),
    requestUploadUrl: createRequestUploadUrl(dependencies),
    uploadDocument: createUploadDocument(dependencies),
    attachDocument: createAttachDocument(dependencies),
    handOverSession: createHandOverSession(dependencies),
    listDocuments: createListDocuments(dependencies),
    pollDocuments: createPollDocuments(dependencies),
    deliverCallback: createDeliverCallback(dependencies),
    waitForReminder: createWaitForReminder(dependencies),
  };
}
