import { spawn } from 'node:child_process';

/**
 * Ends the process `pid` when this process ends, even by SIGKILL: a shell waits for the end of a pipe that only this process
 * holds open, then kills the other one. Call `release` once that process has exited. Without `sh` it does nothing.
 */
export function killOnParentExit(pid: number): { release: () => void } {
  const script = 'cat >/dev/null; kill "$0"; sleep 5; kill -9 "$0"';
  // Detached: Ctrl-C in the terminal must reach this process alone.
  const shell = spawn('sh', ['-c', script, String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined);
  shell.unref();
  return { release: () => shell.kill('SIGKILL') };
}
