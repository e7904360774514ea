import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Options qpdf has for tests: without them ids and encryption would be random. */
const REPEATABLE = ['--static-id', '--static-aes-iv'];

/** What qpdf makes of `plain-field.pdf-lib.pdf`. */
export function withQpdf(folder) {
  const run = (...options) => {
    const output = join(folder, 'qpdf-output.tmp');
    execFileSync('qpdf', [...REPEATABLE, ...options, join(folder, 'plain-field.pdf-lib.pdf'), output]);
    const bytes = readFileSync(output);
    rmSync(output);
    return bytes;
  };
  const secret = (user, bits, ...more) =>
    run('--allow-weak-crypto', '--encrypt', user, 'owner', bits, ...more, '--');
  const linearized = run('--linearize');
  return {
    'object-streams': run('--object-streams=generate'),
    linearized,
    'linearized-object-streams': run('--linearize', '--object-streams=generate'),
    'truncated-linearized': linearized.subarray(0, linearized.indexOf('%%EOF') + 6),
    'user-password': secret('user', '128', '--use-aes=y'),
    'owner-password': secret('', '128', '--use-aes=y'),
    'owner-password-rc4': secret('', '40'),
  };
}
