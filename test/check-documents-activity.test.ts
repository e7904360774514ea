import { MockActivityEnvironment } from '@temporalio/testing';
import { createCheckDocuments } from '../src/activities/check-documents.js';
import { rejection } from './support/outcomes.js';
import { requestFor } from './support/signing.js';

const RUN = { workflowId: 'signing-crm-1', runId: 'run-2' };

/** The check of a session whose id was used before, by an earlier run. */
async function checkOf(startedOnce: boolean): Promise<unknown> {
  const check = createCheckDocuments({
    checker: { check: () => Promise.resolve({ ok: true, documents: [] }) as never },
    handsOver: false,
    hasEarlierRun: () => Promise.resolve(true),
  });
  const env = new MockActivityEnvironment({ workflowExecution: RUN });
  return env.run(check, requestFor('crm-1'), RUN.runId, startedOnce);
}

describe('An id that was used before', () => {
  it('is looked for, and refused, where the server was not told to refuse it', async () => {
    expect(String(await rejection(checkOf(false)))).toContain('signing-crm-1 was started before');
  });

  it('is not looked for where the server was told to refuse it: then there is none', async () => {
    expect(await checkOf(true)).toEqual({ documents: [], handsOver: false });
  });
});
