import { spawn } from 'node:child_process';

/**
 * Sees to it that the process `pid` ends when this process does, even by SIGKILL: a shell waits for the end of a pipe
 * that only this process holds open, then ends the other one. `release` is for when that has ended by itself.
 * Where there is no `sh` it does nothing.
 */
export function killOnParentExit(pid: number): { release: () => void } {
  const script = 'cat >/dev/null; kill "$0"; sleep 5; kill -9 "$0"';
  // Detached: Ctrl-C in the terminal must reach this process first and not its helpers.
  const shell = spawn('sh', ['-c', script, String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined);
  shell.unref();
  return { release: () => shell.kill('SIGKILL') };
}
