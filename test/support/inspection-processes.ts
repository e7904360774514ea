import { readFileSync, readdirSync } from 'node:fs';

/** The ids of the PDF inspection processes of a worker or gateway. */
export function findInspectionProcesses(parent: number | undefined): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isInspectionProcess(name, parent))
    .map(Number);
}

function isInspectionProcess(pid: string, parent: number | undefined): boolean {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return rest.split(' ')[1] === String(parent) && command.includes('pdf/inspection-process');
  } catch {
    return false;
  }
}

/** Sends a signal to a process if it still runs. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  if (isRunning(pid)) process.kill(pid, signal);
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
