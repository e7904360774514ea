import { Readable } from 'node:stream';
import { createActivities, createSeal, type SigningActivities } from '../../src/activities/index.js';
import type { CheckedRequest } from '../../src/documents/check-request.js';
import { readRequest } from '../../src/domain/read-request.js';
import type { FlexpertoClient } from '../../src/flexperto/index.js';
import type { Schedule } from './schedule.js';
import { TAKEN } from './vendor.js';

/** So that the wait for signatures, which costs a simulation most, is a few looks long. */
const FIRST_POLL_MS = 6 * 60 * 60_000;
const seal = createSeal('the API key of the model');

/** The activities by their names. */
export const ACTIVITIES: readonly (keyof SigningActivities)[] = [
  'checkDocuments', 'initiateSession', 'judgeAdoption', 'requestUploadUrl', 'uploadDocument', 'attachDocument',
  'handOverSession', 'listDocuments', 'pollDocuments',
]; // prettier-ignore

export type Functions = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** No request of the model names a CRM to be told. */
const noCallbacks = (): never => {
  throw new Error('the model has no callbacks');
};
const WITHOUT_CALLBACKS = { callbacks: { send: noCallbacks }, reminderMs: 1, isSessionOpen: noCallbacks };

/** The real activities, over the simulated vendor. What looks at documents is told what it sees. */
export function createModelActivities(schedule: Schedule, flexperto: FlexpertoClient): Functions {
  let looks = 0;
  const activities = createActivities({
    flexperto,
    checker: { check: (input) => Promise.resolve(check(input, schedule.checked, looks++)) },
    sources: { read: () => Readable.from([]) },
    seal,
    handsOver: schedule.tenant.handsOver,
    firstPollMs: FIRST_POLL_MS,
    secrets: [],
    hasEarlierRun: () => Promise.resolve(false),
    isSessionTaken: (sessionId) => Promise.resolve(sessionId === TAKEN),
    ...WITHOUT_CALLBACKS,
  });
  // Whoever calls them has their arguments from a history, where they are of no type.
  return activities as unknown as Functions;
}

function check(input: unknown, checked: Schedule['checked'], look: number): CheckedRequest {
  const { request } = readRequest(input);
  const isGood = { good: true, 'unavailable-once': look > 0, 'gone-later': look === 0, bad: false };
  if (isGood[checked]) {
    const documents = request.documents.map((one) => ({
      ...one,
      bytes: 1000,
      sha256: 'ab',
      mac: 'a secret of the worker',
      pages: 1,
      fields: 1,
      warnings: [],
    }));
    return { ok: true, request, documents };
  }
  const problems = [{ field: 'documents[0]', message: 'could not be read' }];
  return { ok: false, problems, passing: checked === 'unavailable-once' ? problems : [] };
}
