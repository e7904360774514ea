import { DefaultLogger, Runtime } from '@temporalio/worker';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type History,
  RECORDED_HISTORIES,
  readRecordedHistory,
  replayHistories,
  workflowIdOf,
} from '../support/recorded-histories.js';

/** Replays a history: returns nothing, or why the current workflow takes another path. */
async function replayError(history: History, workflowId: string, code: string): Promise<string | undefined> {
  const objections = await replayHistories([{ workflowId, history }], { workflowBundle: { code } });
  expect(objections).toHaveLength(1);
  return objections[0]?.message;
}

const readBundle = (bundle: string): string => readFileSync(resolve('dist', bundle), 'utf8');
const BUNDLE = readBundle('workflow-bundle.js');

describe('A signing that began under an earlier release', () => {
  beforeAll(() => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  });

  it('has a recorded history for each scenario', () => {
    expect(RECORDED_HISTORIES.length).toBeGreaterThanOrEqual(9);
  });

  it.each(RECORDED_HISTORIES)('goes on under this one: %s', async (file) => {
    expect(await replayError(readRecordedHistory(file), workflowIdOf(file), BUNDLE)).toBeUndefined();
  });

  it.each(RECORDED_HISTORIES)('goes on where payload keys were set meanwhile: %s', async (file) => {
    const code = readBundle('workflow-bundle-encrypting.js');
    expect(await replayError(readRecordedHistory(file), workflowIdOf(file), code)).toBeUndefined();
  });

  it.each([
    [
      'another order of the steps',
      'await (0, attach_js_1.attach)(signing, documents)',
      'await (0, hand_over_js_1.handOver)(signing)',
    ],
    ['one timer more', 'const sessionId =', "await (0, workflow_1.sleep)('1 second'); const sessionId ="],
  ])('fails the replay where the workflow takes another path: %s', async (_, before, after) => {
    const [file = ''] = RECORDED_HISTORIES.filter((name) => name.endsWith('/completed.json'));
    const edited = BUNDLE.replace(before, after);
    expect(edited).not.toBe(BUNDLE);
    expect(await replayError(readRecordedHistory(file), workflowIdOf(file), edited)).toMatch(
      /nondeterminism/i,
    );
  });
});
