import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createPollDocuments } from '../../src/activities/poll-documents.js';
import { captureRejection } from '../support/async-helpers.js';
import { closeVendorsAfterEach, startScriptedVendor } from '../support/scripted-vendor.js';

closeVendorsAfterEach();

const POLL_PAUSES = { firstMs: 60_000, maxMs: 120_000 };

const REQUEST = {
  employeeId: '45', sessionId: 13, participants: [], knownDocuments: [], listWorks: true, toleratesFailures: false,
}; // prettier-ignore

test('a poll without a change fails with one sentence and a pause, and shows no stack', async () => {
  const vendor = await startScriptedVendor('[]');
  const poll = createPollDocuments({ flexperto: vendor.client, secrets: [], pollPauses: POLL_PAUSES });
  const request = { ...REQUEST, pollImmediately: true };
  const environment = new MockActivityEnvironment({ attempt: 2 }, { logger: new DefaultLogger('ERROR') });
  expect(await captureRejection(environment.run(poll, request))).toMatchObject({
    type: 'RetryLater',
    message: 'no change since the last poll',
    nextRetryDelay: expect.any(Number) as number,
    stack: '',
  });
  expect(vendor.received).toHaveLength(1);
});
