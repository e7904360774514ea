import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The configuration of another installation, as a shell or a .env file may have it. */
const FOREIGN_ENV = {
  TEMPORAL_ADDRESS: 'temporal.example.invalid:7233',
  TEMPORAL_NAMESPACE: 'elsewhere',
  TEMPORAL_TLS: 'true',
  FLEXPERTO_BASE_URL: 'https://tenant.example.invalid',
  FLEXPERTO_API_KEY: 'another-key',
  SIGNING_TASK_QUEUE: 'elsewhere',
  SIGNING_DOCUMENT_ROOT: '/nowhere',
  SIGNING_MISSPELT: '1',
};

interface RunningProgram {
  readonly child: ChildProcess;
  /** Its stdout and stderr so far. */
  readonly output: () => string;
  /** Resolves once the output matches. */
  readonly waitForOutput: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly exited: Promise<number | null>;
}

describe('npm run demo and npm run dev', () => {
  let folder = '';
  let running: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'demo-test-'));
    mkdirSync(path.join(folder, 'tmp'));
  });
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running = [];
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: string[]): RunningProgram => {
    const dotenv = Object.entries(FOREIGN_ENV).map(([name, value]) => `${name}=${value}`);
    writeFileSync(path.join(folder, '.env'), dotenv.join('\n'));
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, ...FOREIGN_ENV, TMPDIR: path.join(folder, 'tmp') },
    });
    running.push(child);
    return observe(child);
  };

  test('the demo runs one signing to its end, whatever else is configured, and leaves nothing behind', async () => {
    const { output, waitForOutput, exited } = run(path.resolve('dist/scripts/demo.js'));
    const crm = (await waitForOutput(/CRM page {5}(\S+)\n/))[1] ?? '';
    const page = (await waitForOutput(/Temporal UI {2}(\S+)\n/))[1] ?? '';
    const board = (await waitForOutput(/Dashboard {4}(\S+)\n/))[1] ?? '';
    expect((await fetch(crm)).status).toBe(200);
    expect((await fetch(page)).status).toBe(200);
    expect((await fetch(board)).status).toBe(200);

    expect(await exited).toBe(0);
    expect(output()).toContain('1 initiate, 1 upload URL, 2 uploads, 2 attaches (1 unanswered)');
    expect(output()).toContain(
      'finds terms.pdf in the vendor’s list: it is attached, so there is no second attach',
    );
    expect(output()).toMatch(/contract\.pdf .* FINISHED .*\n {2}terms\.pdf .* FINISHED/);
    expect(await isListening(crm)).toBe(false);
    expect(await isListening(page)).toBe(false);
    expect(await isListening(board)).toBe(false);
    expect(readdirSync(path.join(folder, 'tmp'))).toEqual([]);
  });

  test.each([
    ['while its servers start', /Starting/],
    ['in the middle of the signing', /Worker .*contract session/],
  ])('the demo, interrupted %s, stops everything and prints nothing more', async (_, moment) => {
    const { child, output, waitForOutput, exited } = run(path.resolve('dist/scripts/demo.js'));
    await waitForOutput(moment);
    const board = /Dashboard {4}(\S+)\n/.exec(output())?.[1];
    child.kill('SIGINT');

    expect(await exited).toBe(130);
    expect(output()).not.toContain('Error');
    if (board !== undefined) expect(await isListening(board)).toBe(false);
    expect(readdirSync(path.join(folder, 'tmp'))).toEqual([]);
  });

  test('npm run dev finds free ports, configures the CLI with them, and runs once per clone', async () => {
    for (const part of ['dist', 'examples', 'package.json'])
      cpSync(part, path.join(folder, part), { recursive: true });
    symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
    const taken = [createServer(), createServer(), createServer()];
    const usual = [4010, 8080, 8090];
    for (const [index, server] of taken.entries()) {
      // A port that another program uses is taken just the same.
      await new Promise<void>((resolve) => {
        server.once('error', () => {
          resolve();
        });
        server.listen(usual[index], '127.0.0.1', resolve);
      });
    }
    const dev = run('dist/scripts/dev.js');
    const board = (await dev.waitForOutput(/Dashboard {4}(\S+)\n/))[1] ?? '';
    await dev.waitForOutput(/signing -- start examples\/request\.json --wait/);
    for (const server of taken) server.close();
    for (const port of usual) expect(dev.output()).not.toContain(`:${port}/`);

    const print = `require('./dist/scripts/dev-environment.js').applyDevEnvironment(); console.log(JSON.stringify(process.env))`;
    const cli = run('-e', print);
    await cli.exited;
    expect(cli.output()).toMatch(
      /npm run dev is running: its servers are used instead of the values of .*SIGNING_MISSPELT/,
    );
    const { FLEXPERTO_BASE_URL, SIGNING_MISSPELT, TEMPORAL_TLS } = JSON.parse(
      cli
        .output()
        .split('\n')
        .find((line) => line.startsWith('{')) ?? '{}',
    ) as Record<string, string>;
    expect({ FLEXPERTO_BASE_URL, SIGNING_MISSPELT, TEMPORAL_TLS }).toEqual({
      FLEXPERTO_BASE_URL: board.slice(0, -1),
      SIGNING_MISSPELT: '',
      TEMPORAL_TLS: '',
    });

    const second = run('dist/scripts/dev.js');
    expect(await second.exited).toBe(1);
    expect(second.output()).toMatch(
      /^npm run dev is already running here as process \d+\. Stop it first\.\n$/,
    );

    dev.child.kill('SIGTERM');
    expect(await dev.exited).toBe(0);
    expect(await isListening(board)).toBe(false);
    expect(readdirSync(path.join(folder, '.demo')).sort()).toEqual([
      'documents',
      'gateway.log',
      'temporal.db',
      'worker.log',
    ]);
  });
});

function observe(child: ChildProcess): RunningProgram {
  let output = '';
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const waitForOutput = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const match = pattern.exec(output);
        if (match !== null) resolve(match);
      };
      check();
      child.stdout?.on('data', check);
      void exited.then(() => {
        reject(new Error(`exited without showing ${String(pattern)}: ${output}`));
      });
    });
  const append = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on('data', append);
  child.stderr?.on('data', append);
  return { child, output: () => output, waitForOutput, exited };
}

async function isListening(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
