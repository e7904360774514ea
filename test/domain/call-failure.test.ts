import fc from 'fast-check';
import {
  type FailureKind,
  classifyFailure,
  isBusyStatus,
  isFileGoneStatus,
  isInvalidRequestStatus,
  mayStillBeRunning,
} from '../../src/domain/call-failure.js';

const KINDS = [
  'NotSent', 'Refused', 'OutcomeUnknown', 'AnswerNotUnderstood', 'CallNotSupported', 'UploadUrlRejected',
  'DocumentChanged', 'DocumentUnavailable', 'RequestRejected', 'RetryLater',
] as const satisfies FailureKind[]; // prettier-ignore

test('a call is retried only where it certainly had no effect: never sent, or refused for the moment', () => {
  expect(classifyFailure({ kind: 'NotSent', message: '' })).toBe('retry');
  expect(classifyFailure({ kind: 'Refused', message: '', status: 429 })).toBe('retry');
  expect(classifyFailure({ kind: 'Refused', message: '', status: 503 })).toBe('retry');
});

test.each(['OutcomeUnknown', 'AnswerNotUnderstood', 'RetryLater'] as const)(
  '%s has an unknown outcome with every status, so no call is repeated because of it',
  (kind) => {
    fc.assert(
      fc.property(fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }), (status) => {
        expect(classifyFailure({ kind, message: '', ...(status === undefined ? {} : { status }) })).toBe(
          'unknown',
        );
      }),
    );
  },
);

test('a refusal for another reason than load is not retried', () => {
  const others = fc.integer({ min: 300, max: 599 }).filter((status) => status !== 429 && status !== 503);
  fc.assert(
    fc.property(others, (status) => {
      expect(classifyFailure({ kind: 'Refused', message: '', status })).toBe('rejected');
    }),
  );
});

test('every kind of failure has a disposition that does not depend on its message', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), fc.string(), (kind, message) => {
      expect(classifyFailure({ kind, message })).toBe(classifyFailure({ kind, message: '' }));
      expect(['retry', 'unknown', 'rejected']).toContain(classifyFailure({ kind, message }));
    }),
  );
});

test('wrong credentials, missing routes and busy servers do not make a request invalid', () => {
  for (const status of [undefined, 200, 302, 401, 403, 404, 405, 408, 429, 500, 503]) {
    expect(isInvalidRequestStatus(status)).toBe(false);
  }
  for (const status of [400, 409, 413, 415, 422]) expect(isInvalidRequestStatus(status)).toBe(true);
});

test('only 429 and 503 mean that the server is busy', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), (status) => {
      expect(isBusyStatus(status)).toBe(status === 429 || status === 503);
    }),
  );
  expect(isBusyStatus(undefined)).toBe(false);
});

test('a call may still be running after a time-out and after a proxy that gave up, not after a reset or an error', () => {
  const unknown = { kind: 'OutcomeUnknown', message: '' } as const;
  expect(mayStillBeRunning({ ...unknown, timedOut: true })).toBe(true);
  expect(mayStillBeRunning({ ...unknown, runId: 'another run' })).toBe(true);
  for (const status of [408, 502, 503, 504]) expect(mayStillBeRunning({ ...unknown, status })).toBe(true);
  for (const status of [500, 501]) expect(mayStillBeRunning({ ...unknown, status })).toBe(false);
  expect(mayStillBeRunning(unknown)).toBe(false);
});

test('only 404 and 410 mean that the vendor does not have the file', () => {
  const gone = Array.from({ length: 500 }, (_, index) => 100 + index).filter(isFileGoneStatus);
  expect(gone).toEqual([404, 410]);
  expect(isFileGoneStatus(undefined)).toBe(false);
});
