import { readFile } from 'node:fs/promises';

/** The kernel's unit of a process's CPU time, the same on every Linux machine. */
const TICKS_PER_SECOND = 100;

/** Bytes of memory (RSS) that a process has. Source: proc(5), `/proc/PID/status`. */
export async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Seconds of CPU time that a process has taken so far. Source: proc(5), `/proc/PID/stat`. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces; user and system time are the 14th and the 15th field.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? NaN) + (system ?? NaN)) / TICKS_PER_SECOND;
}
