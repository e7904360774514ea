import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';

type History = ReturnType<typeof historyFromJSON>;

const FOLDER = resolve('test/histories');
const files = readdirSync(FOLDER).flatMap((version) =>
  readdirSync(join(FOLDER, version)).map((file) => join(version, file)),
);

const historyIn = (file: string): History =>
  historyFromJSON(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));

/** What the workflow of today says to a history: nothing, or why it would have gone another way. */
async function objectionTo(
  history: History,
  workflowId: string,
  bundle: string,
): Promise<string | undefined> {
  const replayed = Worker.runReplayHistories({ workflowBundle: { codePath: resolve(bundle) } }, [
    { workflowId, history },
  ]);
  for await (const { error } of replayed) return error?.message;
  throw new Error('nothing was replayed');
}

const workflowIdOf = (file: string): string => `signing-${/([^/]+)\.json$/.exec(file)?.[1] ?? ''}`;

describe('A session that began under an earlier release', () => {
  beforeAll(() => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  });

  it('has a recorded history for each kind of course', () => {
    expect(files.length).toBeGreaterThanOrEqual(9);
  });

  it.each(files)('goes on under this one: %s', async (file) => {
    expect(await objectionTo(historyIn(file), workflowIdOf(file), 'dist/workflow-bundle.js')).toBeUndefined();
  });

  it.each(files)('goes on where payload keys were set meanwhile: %s', async (file) => {
    const bundle = 'dist/workflow-bundle-encrypting.js';
    expect(await objectionTo(historyIn(file), workflowIdOf(file), bundle)).toBeUndefined();
  });

  it('would be noticed if it did not: an activity that another code had called', async () => {
    const [file = ''] = files.filter((name) => name.includes('completed'));
    const text = readFileSync(join(FOLDER, file), 'utf8').replaceAll('"attachDocument"', '"listDocuments"');
    const objection = await objectionTo(
      historyFromJSON(JSON.parse(text)),
      workflowIdOf(file),
      'dist/workflow-bundle.js',
    );
    expect(objection).toMatch(/nondeterminism|activity type/i);
  });
});
