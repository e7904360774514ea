import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createPollDocuments } from '../src/activities/poll-documents.js';
import { rejection } from './support/outcomes.js';
import { closeAfterEach, scriptedVendor } from './support/scripted-vendor.js';

closeAfterEach();

test('a look without news fails with one sentence and a pause, and shows no stack', async () => {
  const vendor = await scriptedVendor('[]');
  const poll = createPollDocuments({ flexperto: vendor.client, secrets: [], firstPollMs: 60_000 });
  const request = {
    employeeId: '45', sessionId: 13, participants: [], known: [], listWorks: true, atOnce: true, patient: false,
  }; // prettier-ignore
  const environment = new MockActivityEnvironment({ attempt: 2 }, { logger: new DefaultLogger('ERROR') });
  expect(await rejection(environment.run(poll, request))).toMatchObject({
    type: 'NotYet',
    message: 'no change since the last look',
    nextRetryDelay: expect.any(Number) as number,
    stack: '',
  });
  expect(vendor.arrived).toHaveLength(1);
});
