import { Readable } from 'node:stream';
import {
  type SigningActivities,
  createActivities,
  createUploadUrlCipher,
} from '../../src/activities/index.js';
import type { CheckedRequest } from '../../src/documents/check-request.js';
import { parseRequest } from '../../src/domain/parse-request.js';
import type { FlexpertoClient } from '../../src/flexperto/index.js';
import type { Schedule } from './schedule.js';
import { TAKEN_SESSION_ID } from './vendor.js';

/** Long, so that the wait for signatures, which costs most of a simulation, takes few polls. */
const POLL_PAUSES = { firstMs: 6 * 60 * 60_000, maxMs: 6 * 60 * 60_000 };
const uploadUrlCipher = createUploadUrlCipher('the API key of the model');

/** The names of the activities. */
export const ACTIVITY_NAMES: readonly (keyof SigningActivities)[] = [
  'checkDocuments', 'initiateSession', 'validateAdoption', 'requestUploadUrl', 'uploadDocument', 'attachDocument',
  'handOverSession', 'listDocuments', 'pollDocuments',
]; // prettier-ignore

export type ActivityFunctions = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** No request of the model has a callback address. */
const rejectCallbacks = (): never => {
  throw new Error('the model has no callbacks');
};
const WITHOUT_CALLBACKS = {
  callbacks: { send: rejectCallbacks },
  reminderMs: 1,
  isSigningOpen: rejectCallbacks,
};

/** The real activities with the simulated vendor. The schedule decides the result of the document check. */
export function createModelActivities(
  schedule: Schedule,
  flexperto: FlexpertoClient,
  hasEarlierRun: () => boolean,
): ActivityFunctions {
  let checkCount = 0;
  const activities = createActivities({
    flexperto,
    checker: {
      check: (input) => Promise.resolve(checkDocuments(input, schedule.documentCheck, checkCount++)),
    },
    sources: { read: () => Readable.from([]) },
    uploadUrlCipher,
    isHandOverEnabled: schedule.tenant.handsOver,
    pollPauses: POLL_PAUSES,
    secrets: [],
    hasEarlierRun: () => Promise.resolve(hasEarlierRun()),
    isContractSessionTaken: (sessionId) => Promise.resolve(sessionId === TAKEN_SESSION_ID),
    ...WITHOUT_CALLBACKS,
  });
  // A caller has their arguments from a history, without types.
  return activities as unknown as ActivityFunctions;
}

function checkDocuments(input: unknown, checked: Schedule['documentCheck'], attempt: number): CheckedRequest {
  const { request } = parseRequest(input);
  const isGood = { good: true, 'unavailable-once': attempt > 0, 'gone-later': attempt === 0, bad: false };
  if (isGood[checked]) {
    const documents = request.documents.map((one) => ({
      ...one,
      bytes: 1000,
      sha256: 'ab',
      pages: 1,
      fields: 1,
      warnings: [],
    }));
    return { ok: true, request, documents };
  }
  const problems = [{ field: 'documents[0]', message: 'could not be read' }];
  return { ok: false, problems, transientProblems: checked === 'unavailable-once' ? problems : [] };
}
