import type { WriteStream } from 'node:tty';

/** One line at the bottom of a terminal that is drawn anew every second, with the time that has passed. */
export interface Spinner {
  /** Shows this from now on, until `clear`. */
  show(text: string): void;
  /** Makes room for other output; the line comes back below it. */
  pause(): void;
  /** Takes the line away for good. */
  clear(): void;
}

const REDRAW_INTERVAL_MS = 1000;
const ERASE_LINE = '\r\u001b[K';

/** Where the stream is no terminal, nothing is ever drawn. */
export function createSpinner(stream: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>): Spinner {
  let timer: NodeJS.Timeout | undefined;
  const erase = (): void => {
    if (timer !== undefined) stream.write(ERASE_LINE);
  };
  const clear = (): void => {
    erase();
    clearInterval(timer);
    timer = undefined;
  };
  return {
    show: (text) => {
      clear();
      if (!stream.isTTY) return;
      const since = Date.now();
      const draw = (): void => {
        // A line that wrapped could not be erased.
        const line = `  … ${text}, for ${formatDuration(Date.now() - since)}`.slice(0, stream.columns - 1);
        stream.write(`${ERASE_LINE}${line}`);
      };
      draw();
      timer = setInterval(draw, REDRAW_INTERVAL_MS);
    },
    pause: erase,
    clear,
  };
}

/** Such as 8 s, 3 min 20 s, 5 h 2 min, 3 d 4 h. */
function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
