import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { findFreePort } from '../../scripts/processes/ports.js';
import { killOnParentExit } from '../../scripts/processes/watchdog.js';
import { findPythonWithPackages } from '../../scripts/tools/python.js';
import { createCallbackSender } from '../../src/callbacks/sender.js';
import type { CallbackEvent } from '../../src/domain/callbacks.js';
import { parseHostAllowlist } from '../../src/shared/http/host-allowlist.js';
import { captureRejection, waitUntil } from '../support/async-helpers.js';
import { RECEIVER_REQUIREMENTS } from '../support/callback-receiver.js';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;

/** An example of docs/connect-a-crm.md, which must name every field that a callback has. */
const example = (language: string, holding: string): string => {
  const blocks = [...readFileSync('docs/connect-a-crm.md', 'utf8').matchAll(/^```(\w+)\n([^]*?)^```$/gm)];
  return blocks.find(([, kind, code = '']) => kind === language && code.includes(holding))?.[2] ?? '';
};
const event = JSON.parse(example('json', '"signing.needs-attention"')) as CallbackEvent;

it('The receiver of docs/connect-a-crm.md accepts a signed event once, and refuses an unsigned one', async () => {
  const port = await findFreePort();
  const receiver = spawn(
    await findPythonWithPackages(RECEIVER_REQUIREMENTS),
    ['-c', example('python', 'standardwebhooks')],
    {
      env: { PORT: String(port), SIGNING_CALLBACK_SECRET: SECRET },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const watchdog = killOnParentExit(receiver.pid ?? -1);
  let printed = '';
  receiver.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const hosts = parseHostAllowlist([`127.0.0.1:${port}`]);
  const [sender, stranger] = [SECRET, OTHER_SECRET].map((secret) =>
    createCallbackSender({ secrets: [secret], hosts }),
  );
  const url = `http://127.0.0.1:${port}/hooks`;
  try {
    await waitUntil(
      'the receiver is up',
      async () =>
        (await sender?.send(url, 'a-2', event).then(
          () => true,
          () => false,
        )) === true,
    );
    await sender?.send(url, 'a-2', event);
    await sender?.send(url, 'a-3', { ...event, type: 'signing.cancelled', order: 3 });
    expect(
      await captureRejection(stranger?.send(url, 'a-4', { ...event, order: 4 }) ?? Promise.resolve()),
    ).toMatchObject({
      message: 'the CRM answered 401',
    });
    await waitUntil('both are printed', () => printed.includes('cancelled'));
    expect(printed).toBe('opportunity/0061 signing.needs-attention\nopportunity/0061 signing.cancelled\n');
  } finally {
    await sender?.close();
    await stranger?.close();
    const ended = once(receiver, 'close');
    receiver.kill('SIGKILL');
    await ended;
    watchdog.release();
  }
});
