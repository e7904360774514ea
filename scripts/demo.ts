/**
 * `npm run demo`: one signing of two real PDFs, from the employee's click to the last signature, on a real Temporal server
 * with its UI, the real worker, the gateway, the example CRM and the fake flexperto, all on free ports. Nothing is left behind.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { readRequest } from '../src/domain/read-request.js';
import { createSigningClient } from '../src/starter/index.js';
import { showFindings } from './demo/findings.js';
import { say, styled } from './demo/screen.js';
import { tellOneSigning } from './demo/story.js';
import { live, type Life } from './life.js';
import { startStack } from './stack.js';

const EXAMPLES = path.resolve(__dirname, '../../examples');

async function demo(life: Life): Promise<void> {
  const { request } = readRequest(JSON.parse(readFileSync(path.join(EXAMPLES, 'request.json'), 'utf8')));

  say(styled('bold', 'One signing, from the employee’s click in a CRM to the customer’s signature'));
  say(
    'Starting a Temporal server, a stand-in for flexperto, the worker, the gateway and a CRM, some 8 seconds …',
  );
  const stack = await startStack({ pollSeconds: 0.5 });
  life.stopAtEnd(() => stack.stop());
  const { temporal, fake, crm } = stack;
  const connection = await Connection.connect({ address: temporal.address });
  life.stopAtEnd(() => connection.close());
  say();
  const page = `${temporal.uiUrl ?? ''}/namespaces/default/workflows/signing-${request.requestId}`;
  say(`CRM page     ${styled('underline', `${crm.url}?signing=${request.requestId}`)}`);
  say(`Temporal UI  ${styled('underline', page)}`);
  say(`Dashboard    ${styled('underline', `${fake.url}/`)}`);
  say();

  const signings = createSigningClient(new Client({ connection }));
  await Promise.race([
    tellOneSigning({ fake, signings }, { ...request, callbackUrl: crm.callbackUrl }),
    stack.broken,
  ]);
  say();
  const names = request.documents.map(({ name }) => name);
  showFindings(fake, EXAMPLES, names);
  say();
  say(
    `All of it is stopped again now. ${styled('bold', 'npm run dev')} leaves it running, to be used by hand.`,
  );
}

void live(demo, { whenInterrupted: 130 });
