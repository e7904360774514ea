import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GatewayEnvironment, KEY, createGatewayEnvironment } from './gateway-environment.js';

const PAGE = readFileSync('docs/connect-a-crm.md', 'utf8');
const [, commands = ''] = /```sh\n(GATEWAY=[^`]*)```/.exec(PAGE) ?? [];
const [variables = '', ...lines] = commands.trimEnd().split('\n');
const signing = variables.replace('http://127.0.0.1:8080', '"$1"');

let environment: GatewayEnvironment;
let home: string;
beforeAll(async () => {
  // Makes curl print more than the response without a change of the command.
  home = await mkdtemp(join(tmpdir(), 'signing-requests-'));
  await writeFile(join(home, '.curlrc'), 'silent\nshow-error\nwrite-out = "\\n%{http_code}"\n');
  environment = await createGatewayEnvironment();
  await environment.startWorker();
});
afterAll(async () => {
  await environment.close();
  await rm(home, { recursive: true, force: true });
});

function run(command: string): Promise<string> {
  const env = { PATH: process.env['PATH'], CURL_HOME: home, HOME: home, KEY };
  const child = spawn('bash', ['-c', `${signing}\n${command}`, 'bash', environment.gateway.url], { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((done) => {
    child.once('close', () => {
      done(said);
    });
  });
}

it('the gateway answers the requests of docs/connect-a-crm.md as the page says', async () => {
  expect(lines.length).toBeGreaterThan(8);
  const following: Promise<string>[] = [];
  const statuses: string[] = [];
  for (const line of lines) {
    if (line.includes('/events')) {
      await environment.waitForState('crm-action-8f1c', 'awaiting-handover');
      following.push(run(line));
      continue;
    }
    statuses.push(`${line.split('  #')[0] ?? ''}  # ${(await run(line)).slice(-3)}`);
  }
  const expected = lines.filter((line) => !line.includes('/events'));
  expect(statuses).toEqual(expected.map((line) => line.replace(/(# \d{3}).*/, '$1')));
  const [events = ''] = await Promise.all(following);
  expect(events).toMatch(/"state":"awaiting-handover"[^]*"state":"cancelled"[^]*\n200$/);
});
