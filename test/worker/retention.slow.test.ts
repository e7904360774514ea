import { msToTs } from '@temporalio/common/lib/time';
import { useRealEnvironments } from '../support/real-environment.js';

const createEnvironment = useRealEnvironments();

/** The warnings of a worker that starts in a namespace with this retention. */
async function readWarnings(retention: `${number} days`): Promise<unknown[]> {
  const { client, startWorker } = await createEnvironment();
  const namespace = `kept-for-${retention.replace(' ', '-')}`;
  const workflowExecutionRetentionPeriod = msToTs(retention);
  await client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  const worker = await startWorker({ TEMPORAL_NAMESPACE: namespace });
  const lines = worker.output().trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { readonly level: string; readonly msg: string })
    .filter(({ level }) => level === 'warn');
}

describe('A worker warns at its start, once, that a repeated start may send the documents again', () => {
  it('if the namespace deletes ended signings before the longest deadline and some days have passed', async () => {
    expect(await readWarnings('371 days')).toEqual([
      expect.objectContaining({
        msg: 'the retention of the namespace is short: a start that is repeated after it sends the documents again',
        namespace: 'kept-for-371-days',
        retentionDays: 371,
        recommendedDays: 372,
      }),
    ]);
  });

  it('and not if the namespace keeps them longer', async () => {
    expect(await readWarnings('372 days')).toEqual([]);
  });
});
