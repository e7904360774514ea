import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { findPythonWithPackages } from '../../scripts/tools/python.js';
import type { ReceivedCallback } from './callback-receiver.js';

export const RECEIVER_REQUIREMENTS = 'test/callbacks/receiver/requirements.txt';

/** What a receiver in another language makes of a callback: the event it reads, or why it refuses it. */
export type VerificationResult = { readonly event: unknown } | { readonly refused: string };

/** Verifies callbacks with the library of Standard Webhooks for Python, which knows the secret alone. */
export async function verifyInPython(
  secret: string,
  received: readonly Pick<ReceivedCallback, 'headers' | 'body'>[],
): Promise<VerificationResult[]> {
  const python = await findPythonWithPackages(RECEIVER_REQUIREMENTS);
  const program = spawn(python, [resolve('test/callbacks/receiver/verify.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = received.map(({ headers, body }) => JSON.stringify({ secret, headers, body }));
  program.stdin.end(lines.join('\n'));
  const answers = (await text(program.stdout)).trim().split('\n');
  return answers.map((answer) => JSON.parse(answer) as VerificationResult);
}
