/**
 * `npm run demo`: one signing of two real PDFs, from the employee's click to the last signature, on a real Temporal server
 * with its UI, the real worker and the fake flexperto. Free ports and a temporary folder: nothing is left behind.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRequest } from '../src/domain/read-request.js';
import { showFindings } from './demo/findings.js';
import { say, styled } from './demo/screen.js';
import { tellOneSigning } from './demo/story.js';
import { live, type Life } from './life.js';
import { startStack } from './stack.js';

const EXAMPLES = path.resolve(__dirname, '../../examples');

async function demo(life: Life): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'signing-demo-'));
  life.stopAtEnd(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const input: unknown = JSON.parse(readFileSync(path.join(EXAMPLES, 'request.json'), 'utf8'));
  const { request } = readRequest(input);

  say(styled('bold', 'One signing, from the employee’s click in a CRM to the customer’s signature'));
  say('Starting a Temporal server, a stand-in for flexperto and the worker, some 5 seconds …');
  const stack = await startStack(life, { folder, pollSeconds: 0.5 });
  say();
  say(`Temporal UI  ${styled('underline', stack.pageOf(request.requestId))}`);
  say(`Dashboard    ${styled('underline', `${stack.fake.url}/`)}`);
  say();

  await Promise.race([tellOneSigning(stack, request), stack.broken]);
  say();
  showFindings(
    stack.fake,
    EXAMPLES,
    request.documents.map(({ name }) => name),
  );
  say();
  say(
    `Everything is stopped again now. ${styled('bold', 'npm run dev')} leaves it running, to be used by hand.`,
  );
}

void live(demo, { whenInterrupted: 130 });
