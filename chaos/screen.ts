import type { Progress } from './run/run.js';

/** What the person who watches sees. */
export interface Screen {
  readonly say: (text: string) => void;
  readonly show: (progress: Progress) => void;
}

/** Without a terminal that can write a line again, a line every so often is enough. */
const LINE_EVERY_MS = 5_000;

/** Progress is one line that is written again and again, and elsewhere than on a terminal a new line every few seconds. */
export function createScreen(sessions: number): Screen {
  const { stdout } = process;
  const start = Date.now();
  let isLineOpen = false;
  let lastLine = 0;
  const endLine = (): void => {
    if (isLineOpen) stdout.write('\n');
    isLineOpen = false;
  };
  return {
    say: (text) => {
      endLine();
      stdout.write(`${text}\n`);
    },
    show: (progress) => {
      const line = `${clock(Date.now() - start)}  ${lineOf(progress, sessions)}`;
      if (stdout.isTTY) {
        stdout.write(`\r${line.slice(0, stdout.columns - 1)}\x1b[K`);
        isLineOpen = true;
      } else if (Date.now() - lastLine >= LINE_EVERY_MS) {
        lastLine = Date.now();
        stdout.write(`${line}\n`);
      }
    },
  };
}

function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
}

const BAR = 20;

function lineOf({ counts, damage }: Progress, sessions: number): string {
  const { checking, sending, awaiting, needsAttention, ended } = counts;
  const filled = Math.round((BAR * ended) / sessions);
  return [
    `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${ended} of ${sessions} ended`,
    `killed: workers ${damage.workersKilled}, server ${damage.serverKilled}`,
    `checking ${checking}, sending ${sending}, awaiting ${awaiting}, needing attention ${needsAttention}`,
  ].join(' │ ');
}
