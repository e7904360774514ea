import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findFreePort } from '../../scripts/processes/ports.js';
import { type CommandResult, parseError, runCli } from '../support/run-cli.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-usage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (args: readonly string[], env: Record<string, string> = {}): Promise<CommandResult> =>
  runCli(args, { cwd: folder, env });

describe('wrong usage ends with 2 and one sentence', () => {
  it.each([
    ['an unknown command', ['strat'], "Unknown command 'strat' (Did you mean start?)"],
    ['an unknown flag', ['list', '--sate'], "Unknown option '--sate' (Did you mean --state?)"],
    ['a missing requestId', ['status'], "Missing required argument 'requestId'."],
    ['too many arguments', ['status', 'a', 'b'], "Too many arguments for 'status'. Expected 1 argument but got 2."],
    ['an unknown state', ['list', '--state', 'done'], 'Allowed choices are checking-documents,'],
    ['a limit of nothing', ['list', '--limit', '0'], 'It must be a whole number from 1 to 9999.'],
    ['an unknown action', ['resolve', 'a', 'again'], 'Allowed choices are retry, adopt, abort.'],
    ['an unknown outcome', ['record-outcome', 'a', 'signed'], 'Allowed choices are completed, failed, withdrawn.'],
    ['a decision without an attention id', ['resolve', 'a', 'retry'], 'retry needs --attention-id, the decision that is needed;'],
    ['an abort without a reason', ['resolve', 'a', 'abort'], 'abort needs a --reason "…", for later questions.'],
    ['a reason for a retry', ['resolve', 'a', 'retry', '--reason', 'x'], '--reason cannot be used with retry.'],
    ['a contract session for an abort', ['resolve', 'a', 'abort', '--session-id', '1', '--reason', 'x'],
      '--session-id cannot be used with abort.'],
    ['the placeholder of an example', ['resolve', 'a', 'adopt', '--session-id', 'NUMBER'],
      'It must be the number of the contract session that the Dashboard shows.'],
  ])('%s', async (_, args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout, lines: stderr.trim().split('\n') }).toEqual({
      code: 2, stdout: '', lines: [expect.stringContaining(words)],
    });
  }); // prettier-ignore

  it('also as JSON, with nothing else on stdout or stderr', async () => {
    const answer = await run(['list', '--json', '--sate']);
    expect(parseError(answer)).toEqual({
      type: 'UsageError',
      message: "Unknown option '--sate' (Did you mean --state?)",
    });
    expect({ code: answer.code, stderr: answer.stderr }).toEqual({ code: 2, stderr: '' });
  });

  it('no command at all shows the help on stderr', async () => {
    const { code, stdout, stderr } = await run([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: signing.*\nName a command\.\n$/s);
  });
});

it('the help names every exit code and ends with 0', async () => {
  const { code, stdout, stderr } = await run(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const codes = [...stdout.matchAll(/^ {2}(\d+) {2,}\S/gm)].map(([, number]) => Number(number));
  expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 130, 141]);
});

describe('a wrong environment ends with 2 and names the variable', () => {
  it('a configuration file that is not TOML, which the message does not quote', async () => {
    await writeFile(join(folder, 'temporal.toml'), '[profile.default]\napi_key = secret-without-quotes\n');
    const { code, stdout, stderr } = await run(['list'], {
      TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml'),
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^The TEMPORAL_ configuration cannot be read: Invalid TOML document: [a-z ,]+\.\n$/,
    );
  });

  it.each([
    ['a misspelt variable', { SIGNING_TASK_QEUE: 'x' }, 'did you mean SIGNING_TASK_QUEUE?'],
    [
      'a Temporal server elsewhere without encryption',
      { TEMPORAL_ADDRESS: '192.0.2.1:7233' },
      'SIGNING_PAYLOAD_KEYS',
    ],
    [
      'a configuration file that is not there',
      { TEMPORAL_CONFIG_FILE: '/nix', TEMPORAL_PROFILE: 'x' },
      'TEMPORAL_',
    ],
  ])('%s', async (_, env, words) => {
    const answer = await run(['list', '--json'], env);
    expect(answer.code).toBe(2);
    expect(parseError(answer)).toMatchObject({
      type: 'ConfigError',
      message: expect.stringContaining(words) as string,
    });
  });

  it('also in .env of the current folder', async () => {
    await writeFile(join(folder, '.env'), 'SIGNING_LOG_LEVEL=loud\n');
    const { code, stderr } = await run(['list']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'SIGNING_LOG_LEVEL must be debug, info, warn or error.\n',
    });
  });

  it('validate names a document root that does not exist', async () => {
    const { code, stderr } = await runCli(['validate', '-'], {
      cwd: folder, stdin: '{}', env: { SIGNING_DOCUMENT_ROOT: 'nowhere' },
    }); // prettier-ignore
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `SIGNING_DOCUMENT_ROOT must be a folder that exists; ${join(folder, 'nowhere')} is not.\n`,
    });
  });
});

it('a Temporal server that does not answer ends with 6 and its address', async () => {
  const address = `127.0.0.1:${await findFreePort()}`;
  const answer = await run(['status', 'a', '--json'], { TEMPORAL_ADDRESS: address });
  expect(answer.code).toBe(6);
  expect(parseError(answer)).toMatchObject({
    type: 'NoServerError',
    message: expect.stringContaining(`No Temporal server answers at ${address}`) as string,
  });
});

it('an unexpected error ends with 1 and one sentence, even outside of all promises', async () => {
  const fault = join(folder, 'fault.cjs');
  await writeFile(fault, "setTimeout(() => { throw new Error('the cat sat on it'); }, 1);");
  const answer = await run(['validate', '-'], { NODE_OPTIONS: `--require=${fault}` });
  expect(answer).toEqual({ code: 1, stdout: '', stderr: 'Unexpected: the cat sat on it.\n' });
});

it('a closed pipe ends the command with 141 and not with a stack', async () => {
  const child = spawn(process.execPath, [resolve('dist/src/cli.js'), '--help'], { cwd: folder });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
});
