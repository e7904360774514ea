import type { Progress } from './run/run-signings.js';

/** The output of a running chaos run. */
export interface ProgressDisplay {
  readonly print: (text: string) => void;
  readonly update: (progress: Progress) => void;
}

/** Between two lines where the output is not a terminal. */
const LINE_INTERVAL_MS = 5_000;

/** Shows progress as one line that is overwritten; if stdout is not a terminal, as a new line every few seconds. */
export function createProgressDisplay(sessions: number): ProgressDisplay {
  const { stdout } = process;
  const start = Date.now();
  let isLineOpen = false;
  let lastLine = 0;
  const endLine = (): void => {
    if (isLineOpen) stdout.write('\n');
    isLineOpen = false;
  };
  return {
    print: (text) => {
      endLine();
      stdout.write(`${text}\n`);
    },
    update: (progress) => {
      const line = `${formatElapsed(Date.now() - start)}  ${formatProgress(progress, sessions)}`;
      if (stdout.isTTY) {
        stdout.write(`\r${line.slice(0, stdout.columns - 1)}\x1b[K`);
        isLineOpen = true;
      } else if (Date.now() - lastLine >= LINE_INTERVAL_MS) {
        lastLine = Date.now();
        stdout.write(`${line}\n`);
      }
    },
  };
}

function formatElapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
}

const BAR_WIDTH = 20;

function formatProgress({ counts, killCounts }: Progress, sessions: number): string {
  const { checking, sending, awaiting, needsAttention, ended } = counts;
  const filled = Math.round((BAR_WIDTH * ended) / sessions);
  return [
    `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${ended} of ${sessions} ended`,
    `killed: workers ${killCounts.workersKilled}, server ${killCounts.serverKilled}`,
    `checking ${checking}, sending ${sending}, awaiting ${awaiting}, needing attention ${needsAttention}`,
  ].join(' │ ');
}
