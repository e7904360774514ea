import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { findOnPath, runCommand } from '../../scripts/processes/commands.js';
import { startTemporalServer } from '../../scripts/processes/temporal-server.js';
import { VARIABLE_NAMES } from '../../src/shared/config/index.js';
import { waitUntil } from '../support/async-helpers.js';
import { extractAnchors, extractCode, extractCodeBlocks, extractLinks } from '../support/markdown.js';
import { spawnWorker } from '../support/program-process.js';
import { createRealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import { createTemporalCommand } from '../support/temporal-command.js';

const page = readFileSync(resolve('docs/operations.md'), 'utf8');
const code = extractCode(page);
const anchors = extractAnchors(page);

const { groups } = parse(readFileSync(resolve('ops/alerts.yml'), 'utf8')) as {
  groups: readonly { rules: readonly { alert: string; annotations: { runbook: string } }[] }[];
};
const rules = groups.flatMap(({ rules: all }) => all);

describe('The runbook', () => {
  it('has a section for every alert, to which the alert links, and no other', () => {
    const linked = rules.map(({ annotations }) => annotations.runbook.replace('docs/operations.md#', ''));
    expect(linked).toEqual(rules.map(({ alert }) => alert.toLowerCase()));
    expect(anchors.filter((anchor) => anchor.startsWith('signing')).sort()).toEqual(linked.sort());
  });

  it('has links to files and headings that exist', () => {
    const dead = extractLinks(page).filter((target) =>
      target.startsWith('#') ? !anchors.includes(target.slice(1)) : !existsSync(resolve('docs', target)),
    );
    expect(dead).toEqual([]);
  });

  it('names only variables that exist', () => {
    const named = code.flatMap((text) => text.match(/\b(FLEXPERTO|SIGNING)_[A-Z_]+/g) ?? []);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !VARIABLE_NAMES.includes(name))).toEqual([]);
  });

  it('quotes only messages of the programs and of their dependencies', () => {
    const sources = readdirSync(resolve('src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join('src', file), 'utf8'))
      .join('\n');
    const dependencyMessages = [
      'Activity failed',
      'Failing workflow task',
      'No space left on device',
      'Codec Server could not connect',
      'context deadline exceeded',
    ];
    const quoted = code.filter((text) =>
      /^(?!(?:temporal|signing|docker|for) )[\w…]+( [\w…]+){2,}/.test(text),
    );
    expect(quoted.length).toBeGreaterThan(10);
    const unknownMessages = quoted
      .filter((text) => !dependencyMessages.includes(text))
      .flatMap((text) => text.split('…').map((part) => part.trim()))
      .filter((part) => !sources.includes(part));
    expect(unknownMessages).toEqual([]);
  });
});

interface WorkflowInList {
  readonly execution: { readonly workflowId: string };
}

const createEnvironment = useRealEnvironments();

describe('The runbook is right', () => {
  it('about a search attribute of the wrong type: no worker starts until it is removed, then one registers it', async () => {
    const server = await startTemporalServer();
    const environment = await createRealEnvironment(server);
    const temporal = await createTemporalCommand(environment);
    await temporal('operator', 'search-attribute', 'create', '--name', 'SigningState', '--type', 'Int');
    const refused = spawnWorker(environment.env);
    expect(await refused.exited).toEqual({ code: 1, signal: null });
    expect(refused.output()).toBe(
      'The search attribute SigningState of namespace default must have the type Keyword.\n',
    );
    await temporal('operator', 'search-attribute', 'remove', '--name', 'SigningState', '--yes');
    const worker = await environment.startWorker();
    expect(worker.output()).toContain('search attributes registered');
    await environment.close();
    await server.stop();
  });

  it('about a missing namespace: the last line of the worker names it', async () => {
    const { env } = await createEnvironment();
    const worker = spawnWorker({ ...env, TEMPORAL_NAMESPACE: 'misspelt' });
    expect(await worker.exited).toEqual({ code: 1, signal: null });
    expect(worker.output()).toBe('The Temporal server has no namespace misspelt (TEMPORAL_NAMESPACE).\n');
  });

  it('about a refused API key: its loop retries the refused calls, and none with an unknown outcome', async () => {
    const { env, fake, start, startWorker } = await createEnvironment();
    await startWorker();
    fake.faults.add({ call: 'attach', status: 401 });
    const refused = await start();
    await refused.untilState('needs-attention');
    fake.faults.add({ call: 'initiate', reset: 'after' });
    const unknownOutcome = await start();
    await unknownOutcome.untilState('needs-attention');
    const block = extractCodeBlocks(page).find((text) => text.includes('jq ')) ?? '';
    // Without npm, which would prefer the servers of `npm run dev`.
    const loop = block.replaceAll('npm run --silent signing --', 'node dist/src/cli.js');
    expect(loop.split('node dist/src/cli.js')).toHaveLength(4);
    if (findOnPath('jq') === undefined) return;
    await runCommand('bash', ['-c', loop], { env: { ...process.env, ...env } });
    await refused.untilState('awaiting-handover');
    expect((await unknownOutcome.status()).state).toBe('needs-attention');
  }, 120_000);

  it('about code that fails: its query lists what cannot continue, and no other signing', async () => {
    // By default the server reports a problem after five attempts.
    const afterOne = { 'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': 1 };
    const server = await startTemporalServer({ dynamicConfig: afterOne });
    const environment = await createRealEnvironment(server);
    const { client, taskQueue, start, startWorker } = environment;
    await startWorker();
    const signing = await start();
    await signing.untilState('awaiting-handover');
    await client.workflow.start('unknown', { taskQueue, workflowId: 'unknown' });
    const [, query = ''] =
      code.map((text) => /^temporal workflow list --query "(Temporal.*)"$/.exec(text)).find(Boolean) ?? [];
    const temporal = await createTemporalCommand(environment);
    const list = async () => (await temporal('workflow', 'list', '--query', query)) as WorkflowInList[];
    await waitUntil('the problem is reported', async () => (await list()).length > 0);
    expect((await list()).map(({ execution }) => execution.workflowId)).toEqual(['unknown']);
    await environment.close();
    await server.stop();
  });

  it('about the log: one JSON object a line, also for messages of the SDK’s native core', async () => {
    const { client, startWorker, taskQueue } = await createEnvironment();
    const worker = await startWorker();
    const unknown = await client.workflow.start('unknown', { taskQueue, workflowId: `unknown-${taskQueue}` });
    await waitUntil('the task has failed', () => worker.output().includes('Failing workflow task'));
    await unknown.terminate();
    const lines = worker.output().trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toContain('warn');
  });
});
