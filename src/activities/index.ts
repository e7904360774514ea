import { createAttachDocument } from './attach-document.js';
import { createCheckDocuments } from './check-documents.js';
import type { ActivityDependencies } from './dependencies.js';
import { createDeliverCallback } from './deliver-callback.js';
import { createHandOverSession } from './hand-over-session.js';
import { createInitiateSession } from './initiate-session.js';
import { createJudgeAdoption } from './judge-adoption.js';
import { createListDocuments } from './list-documents.js';
import { createPollDocuments } from './poll-documents.js';
import { createRequestUploadUrl } from './request-upload-url.js';
import { createUploadDocument } from './upload-document.js';
import { createWatchSession } from './watch-session.js';

export type { ActivityDependencies } from './dependencies.js';
export { createSeal } from './seal.js';

export type SigningActivities = ReturnType<typeof createActivities>;

/** The activities of the signing workflow, one per step of the API, and those of its callbacks. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    checkDocuments: createCheckDocuments(dependencies),
    initiateSession: createInitiateSession(dependencies),
    judgeAdoption: createJudgeAdoption(dependencies),
    requestUploadUrl: createRequestUploadUrl(dependencies),
    uploadDocument: createUploadDocument(dependencies),
    attachDocument: createAttachDocument(dependencies),
    handOverSession: createHandOverSession(dependencies),
    listDocuments: createListDocuments(dependencies),
    pollDocuments: createPollDocuments(dependencies),
    deliverCallback: createDeliverCallback(dependencies),
    watchSession: createWatchSession(dependencies),
  };
}
