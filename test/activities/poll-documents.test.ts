import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createPollDocuments } from '../../src/activities/poll-documents.js';
import { captureRejection } from '../support/async-helpers.js';
import { closeVendorsAfterEach, startScriptedVendor } from '../support/scripted-vendor.js';

closeVendorsAfterEach();

const PAUSES = { secrets: [], pollPauses: { firstMs: 60_000, maxMs: 120_000 } };

const REQUEST = {
  employeeId: '45', sessionId: 13, participants: [], knownDocuments: [], listWorks: true, toleratesFailures: false,
}; // prettier-ignore

function createEnvironment(attempt: number): MockActivityEnvironment {
  return new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') });
}

test('a poll without a change fails with one sentence and a pause, and shows no stack', async () => {
  const vendor = await startScriptedVendor('[]');
  const poll = createPollDocuments({ flexperto: vendor.client, ...PAUSES });
  expect(await captureRejection(createEnvironment(2).run(poll, REQUEST))).toMatchObject({
    type: 'RetryLater',
    message: 'no change since the last poll',
    nextRetryDelay: expect.any(Number) as number,
    stack: '',
  });
  expect(vendor.received).toHaveLength(1);
});

test('the first poll comes after the first pause', async () => {
  const vendor = await startScriptedVendor('[]');
  const poll = createPollDocuments({ flexperto: vendor.client, ...PAUSES });
  expect(await captureRejection(createEnvironment(1).run(poll, REQUEST))).toMatchObject({
    type: 'RetryLater',
    message: 'the first poll comes later',
  });
  expect(vendor.received).toHaveLength(0);
});

test('after a single poll that failed, the failure is shown until the next poll, which obeys its Retry-After', async () => {
  const vendor = await startScriptedVendor('[]');
  const poll = createPollDocuments({ flexperto: vendor.client, ...PAUSES });
  const lastFailure = { kind: 'Refused', message: 'refused', status: 503, retryAfterMs: 500_000 } as const;
  const failure = captureRejection(createEnvironment(1).run(poll, { ...REQUEST, lastFailure }));
  expect(await failure).toMatchObject({
    type: 'Refused',
    message: 'refused',
    nonRetryable: false,
    nextRetryDelay: 500_000,
  });
  expect(vendor.received).toHaveLength(0);
});
