import { type SigningAudit, createSigningClient } from '../../src/client/index.js';
import { waitUntil } from '../support/async-helpers.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import { resetBeforeCall } from '../support/reset.js';
import type { Signing } from '../support/signing.js';

const readAudit = ({ client, taskQueue }: RealEnvironment, { requestId }: Signing): Promise<SigningAudit> =>
  createSigningClient(client, taskQueue).audit(requestId);

const listOrigins = ({ runs }: SigningAudit): string[] =>
  runs.map(({ origin, before }) => `${origin} ${runs.findIndex(({ runId }) => runId === before) + 1}`);

const listEnds = ({ runs }: SigningAudit): (string | null)[] => runs.map(({ end }) => end);

const listDecisions = ({ timeline }: SigningAudit) => timeline.filter((entry) => entry.kind === 'decision');

const listDocumentChanges = ({ timeline }: SigningAudit): unknown[] =>
  timeline.flatMap((entry) => (entry.kind === 'document' ? { name: entry.document, ...entry.change } : []));

/** The list by which runs are found is eventually consistent. */
async function waitForAudit(
  runs: number,
  environment: RealEnvironment,
  signing: Signing,
): Promise<SigningAudit> {
  await waitUntil(
    `${runs} runs are known`,
    async () => (await readAudit(environment, signing)).runs.length === runs,
  );
  return readAudit(environment, signing);
}

describe('The audit of a signing that Temporal has continued in fresh runs', () => {
  /** So few events that a waiting signing continues in a fresh run at each opportunity. */
  const createEnvironment = useRealEnvironments({
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 50 },
  });

  it('covers all runs, and contains each fact once', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    const signing = await environment.start();
    await signing.signAll();
    await signing.result();
    const audit = await readAudit(environment, signing);
    expect(audit.runs.length).toBeGreaterThan(1);
    expect(listOrigins(audit)).toEqual(
      audit.runs.map((_, run) => (run === 0 ? 'started 0' : `continued ${run}`)),
    );
    expect(listEnds(audit)).toEqual([...audit.runs.slice(1).map(() => 'continued'), 'completed']);
    expect(audit).toMatchObject({
      state: 'completed',
      forgottenRuns: [],
      endedAt: audit.runs.at(-1)?.endedAt,
    });
    expect(listDecisions(audit).filter(({ decision }) => decision === 'start')).toHaveLength(1);
    const ofContract = listDocumentChanges(audit).filter(
      (fact) => (fact as { name: string }).name === 'contract.pdf',
    );
    expect(ofContract).toMatchObject([{ pages: 2 }, { fileId: expect.any(String) as string }, { status: 'ATTACHED' },
      { status: 'UPLOADED' }, { status: 'FINISHED' }]); // prettier-ignore
  });

  it('says which runs the server has deleted, and what the other runs know of them', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    const signing = await environment.start();
    await signing.signAll();
    await signing.result();
    const [first, ...others] = (await readAudit(environment, signing)).runs;
    const workflowExecution = { workflowId: signing.handle.workflowId, runId: first?.runId ?? '' };
    const { namespace } = environment.client.options;
    await environment.client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
    const audit = await waitForAudit(others.length, environment, signing);
    expect(audit).toMatchObject({ state: 'completed', startedBy: null, forgottenRuns: [first?.runId] });
    expect(audit.documents).toMatchObject([
      { name: 'contract.pdf', bytes: 6207, status: 'FINISHED', pages: null },
      { name: 'terms.pdf', status: 'FINISHED' },
    ]);
  });
});

describe('The audit of a signing that was reset', () => {
  const createEnvironment = useRealEnvironments();

  async function createDecidedSigning(environment: RealEnvironment): Promise<Signing> {
    environment.fake.faults.add({ call: 'initiate', status: 500 });
    await environment.startWorker();
    const signing = await environment.start();
    await signing.untilState('needs-attention');
    await signing.resolve({ action: 'retry' });
    await signing.untilState('awaiting-handover');
    return signing;
  }

  const createResetSigning = async (environment: RealEnvironment): Promise<Signing> => {
    const signing = await createDecidedSigning(environment);
    await resetBeforeCall('initiateSession', environment.client, signing.handle);
    await signing.until(({ attention }) => attention?.reason.includes('restarted this signing') === true);
    return signing;
  };

  it('covers the runs from first to last, contains what they share once, and marks reapplied messages', async () => {
    const environment = await createEnvironment();
    const signing = await createResetSigning(environment);
    const audit = await readAudit(environment, signing);
    expect(audit.state).toBe('needs-attention');
    const reset = audit.runs.findIndex(({ origin }) => origin === 'reset') + 1;
    expect(listEnds(audit).slice(reset - 2)).toEqual(['reset', null]);
    const taken = listDecisions(audit).map(({ run, decision, content, again }) => ({
      run,
      decision,
      content,
      again,
    }));
    const attentionId = expect.stringMatching(/^initiate-/) as string;
    const retried = { attentionId, action: 'retry' };
    expect(taken).toEqual([
      { run: 1, decision: 'start', content: null, again: false },
      { run: 1, decision: 'resolve', content: retried, again: false },
      { run: reset, decision: 'reset', content: { reason: 'a test' }, again: false },
      { run: reset, decision: 'resolve', content: retried, again: true },
    ]);
    const checks = audit.timeline.filter((entry) => entry.kind === 'call' && entry.call === 'checkDocuments');
    expect(checks).toHaveLength(1);
  });

  it('finds also a run that no other one names, since the first run was reset once more', async () => {
    const environment = await createEnvironment();
    const signing = await createResetSigning(environment);
    const before = await readAudit(environment, signing);
    const first = environment.client.workflow.getHandle(signing.handle.workflowId, before.runs[0]?.runId);
    await resetBeforeCall('initiateSession', environment.client, first);
    await signing.untilState('needs-attention');
    const audit = await waitForAudit(before.runs.length + 1, environment, signing);
    expect(listOrigins(audit).at(-1)).toBe('reset 1');
    expect(listEnds(audit).at(-2)).toBe('reset');
    expect(
      listDecisions(audit).filter(({ decision, again }) => decision === 'resolve' && !again),
    ).toHaveLength(1);
    expect(JSON.stringify(await readAudit(environment, signing))).toBe(JSON.stringify(audit));
  });
});
