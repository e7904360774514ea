import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { type CheckedDocuments, createCheckDocuments } from '../../src/activities/check-documents.js';
import { parseRequest } from '../../src/domain/parse-request.js';
import { captureRejection } from '../support/async-helpers.js';
import { createRequest } from '../support/signing.js';

const RUN = { workflowId: 'signing-crm-1', runId: 'run-2' };

/** The check of a good request, whose id was used before by an earlier run. */
async function runCheck(firstRun = RUN.runId): Promise<CheckedDocuments> {
  const { request } = parseRequest(createRequest('crm-1'));
  const facts = { bytes: 1000, sha256: 'ab', pages: 1, fields: 1, warnings: [] };
  const documents = request.documents.map((document) => ({ ...document, ...facts }));
  const activity = createCheckDocuments({
    checker: { check: () => Promise.resolve({ ok: true, request, documents }) },
    isHandOverEnabled: false,
    hasEarlierRun: () => Promise.resolve(true),
  });
  const quiet = { logger: new DefaultLogger('ERROR') };
  const env = new MockActivityEnvironment({ workflowExecution: RUN }, quiet);
  return env.run(activity, {}, firstRun);
}

test.each([
  ['signing', 'signing/other/crm-1', 'signing-crm-1'],
  ['other', 'signing-crm-1', 'signing/other/crm-1'],
  ['other', 'signing/another/crm-1', 'signing/other/crm-1'],
])(
  'on the task queue %s the id %s is refused, since %s is the one',
  async (taskQueue, workflowId, rightId) => {
    const activity = createCheckDocuments({
      checker: { check: () => Promise.reject(new Error('not asked')) },
      isHandOverEnabled: false,
      hasEarlierRun: () => Promise.resolve(false),
    });
    const info = { taskQueue, workflowExecution: { ...RUN, workflowId } };
    const env = new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
    const refused = captureRejection(env.run(activity, createRequest('crm-1'), RUN.runId));
    expect(String(await refused)).toContain(`must be started under the workflow id ${rightId},`);
  },
);

describe('An id that was used before', () => {
  it('is rejected', async () => {
    expect(String(await captureRejection(runCheck()))).toContain('signing-crm-1 was started before');
  });

  it('passes in a run that Temporal has started over', async () => {
    await expect(runCheck('run-1')).resolves.toMatchObject({ isHandOverEnabled: false });
  });
});
