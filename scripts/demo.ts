/**
 * `npm run demo`: one signing of two real PDFs from the employee's click to the last signature, on a real Temporal
 * server, with a stand-in for the vendor. Ends by itself and leaves nothing behind.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { Call, FakeFlexperto } from '../fake-flexperto/index.js';
import { createSigningClient, type SigningClient, type SigningStatus } from '../src/starter/index.js';
import { startStack, type Stack } from './stack.js';

const REQUEST = path.resolve(__dirname, '../../examples/request.json');
/** Long enough to read what has just happened. */
const PAUSE_MS = 2_500;

async function demo(interrupted: AbortSignal): Promise<void> {
  say('', 'One click, two PDFs, one lost answer: a signing from start to end.', '');
  say('Starting a Temporal server, a stand-in for flexperto and a worker …');
  const stack = await startStack({ pollSeconds: 1 });
  try {
    interrupted.throwIfAborted();
    const connection = await Connection.connect({ address: stack.temporal.address });
    try {
      await signOnce(stack, createSigningClient(new Client({ connection })), interrupted);
    } finally {
      await connection.close();
    }
  } finally {
    await stack.stop();
  }
}

async function signOnce({ temporal, fake }: Stack, signings: SigningClient, interrupted: AbortSignal) {
  const request = JSON.parse(readFileSync(REQUEST, 'utf8')) as { documents: { source: string }[] };
  const requestId = `demo-${Date.now().toString(36)}`;
  say('', `  Temporal UI         ${temporal.uiUrl ?? ''}/namespaces/default/workflows/signing-${requestId}`);
  say(`  flexperto Dashboard ${fake.url}/`, '');
  // The vendor attaches the first document, and its answer never arrives.
  fake.faults.add({ call: 'attach', reset: 'after' });

  act('Employee', `clicks "Send for signature" in the CRM: ${request.documents.length} documents.`);
  await signings.start({ ...request, requestId });
  const follow = follower(signings, requestId, interrupted);
  const { sessionId } = await follow.until('awaiting-handover');
  const session = sessionId ?? 0;

  await wait(PAUSE_MS, undefined, { signal: interrupted });
  act('Employee', 'hands the session over in the flexperto Dashboard.');
  fake.handOver(session);
  await follow.until('awaiting-signature');

  await wait(PAUSE_MS, undefined, { signal: interrupted });
  act('Customer', 'signs both documents.');
  fake.sign(session);
  sum(await follow.until('completed'), fake);
  await wait(PAUSE_MS, undefined, { signal: interrupted });
}

/** Follows the status, and says what has changed in the words of somebody who watches. */
function follower(signings: SigningClient, requestId: string, interrupted: AbortSignal) {
  const said = new Set<string>();
  const news = (text: string): void => {
    if (!said.has(text)) act('Worker', text);
    said.add(text);
  };
  const tell = (status: SigningStatus): void => {
    const { documents, sessionId } = status;
    for (const { name, bytes, sha256 } of documents) {
      if (sha256 !== null)
        news(`checked ${name}: ${bytes ?? 0} bytes, signature field there, SHA-256 ${sha256.slice(0, 12)}…`);
    }
    if (sessionId !== null) news(`created contract session ${sessionId} at flexperto.`);
    for (const { name, fileId } of documents) if (fileId !== null) news(`uploaded ${name}.`);
    for (const { name, status: word } of documents) {
      const lost = name === documents[0]?.name;
      if (word !== null)
        news(
          `attached ${name}${lost ? '; the answer was lost, so it asked the list, and did not attach twice' : ''}.`,
        );
    }
    if (status.state === 'awaiting-handover') news('waits for the hand-over.');
    if (status.state === 'awaiting-signature')
      news('waits for the signature. It may take weeks, and any crash.');
  };
  return {
    until: async (state: SigningStatus['state']): Promise<SigningStatus> => {
      for (;;) {
        const status = await signings.status(requestId);
        tell(status);
        if (status.state === state) return status;
        if (status.attention !== null)
          throw new Error(`The session needs attention: ${status.attention.reason}`);
        await wait(200, undefined, { signal: interrupted });
      }
    },
  };
}

function sum(status: SigningStatus, fake: FakeFlexperto): void {
  const calls: Call[] = ['initiate', 'upload-url', 'upload', 'attach'];
  const counted = calls.map((call) => {
    const count = fake.ledger.entries().filter((entry) => entry.call === call).length;
    return `${count} × ${call}`;
  });
  say(
    '',
    `  ${status.state}: ${status.documents.map(({ name, status: word }) => `${name} ${word ?? ''}`).join(', ')}`,
  );
  say(`  What flexperto saw: ${counted.join(', ')}; every document attached once, in order.`);
  say('', '  Next: npm run dev leaves all of this running for you to click through.', '');
}

function act(who: string, does: string): void {
  say(`  ${who.padEnd(9)} ${does}`);
}

function say(...lines: string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say('', 'Stopping …');
    interruption.abort();
  });
}

demo(interruption.signal).catch((error: unknown) => {
  if (interruption.signal.aborted) process.exitCode = 130;
  else {
    process.stderr.write(`The demo has failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
});
