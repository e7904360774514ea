/**
 * `npm run demo`: runs one signing of two PDFs, from the employee's click to the last signature, on a real Temporal server
 * with its UI, the worker, the gateway, the example CRM and the fake flexperto, all on free ports. It removes everything at its end.
 */
import { Client, Connection } from '@temporalio/client';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createSigningClient } from '../src/client/index.js';
import { parseRequest } from '../src/domain/parse-request.js';
import { printLine, style } from './demo/output.js';
import { runScenario } from './demo/scenario.js';
import { verifyDemo } from './demo/verify.js';
import { type ProcessLifecycle, runWithCleanup } from './processes/process-lifecycle.js';
import { startStack } from './processes/stack.js';

const EXAMPLES = path.resolve(__dirname, '../../examples');

async function runDemo(lifecycle: ProcessLifecycle): Promise<void> {
  const { request } = parseRequest(JSON.parse(readFileSync(path.join(EXAMPLES, 'request.json'), 'utf8')));

  printLine(style('bold', 'One signing, from the employee’s click in a CRM to the customer’s signature'));
  printLine(
    'Starting a Temporal server, a fake flexperto, the worker, the gateway and a CRM: about 8 seconds …',
  );
  const stack = await startStack({ pollSeconds: 0.5 });
  lifecycle.addCleanup(() => stack.stop());
  const { temporal, fake, crm } = stack;
  const connection = await Connection.connect({ address: temporal.address });
  lifecycle.addCleanup(() => connection.close());
  printLine();
  const page = `${temporal.uiUrl ?? ''}/namespaces/default/workflows/signing-${request.requestId}`;
  printLine(`CRM page     ${style('underline', `${crm.url}?signing=${request.requestId}`)}`);
  printLine(`Temporal UI  ${style('underline', page)}`);
  printLine(`Dashboard    ${style('underline', `${fake.url}/`)}`);
  printLine();

  const signings = createSigningClient(new Client({ connection }));
  await Promise.race([
    runScenario({ fake, signings }, { ...request, callbackUrl: crm.callbackUrl }),
    stack.unexpectedExit,
  ]);
  printLine();
  const names = request.documents.map(({ name }) => name);
  verifyDemo(fake, EXAMPLES, names);
  printLine();
  printLine(`Everything is stopped again. To try it by hand, run ${style('bold', 'npm run dev')}.`);
}

void runWithCleanup(runDemo, { whenInterrupted: 130 });
