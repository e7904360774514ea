import type { WriteStream } from 'node:tty';

/** One line at the bottom of a terminal that is drawn anew every second, with the time that has passed. */
export interface LiveLine {
  /** Shows this from now on, until `clear`. */
  show(text: string): void;
  /** Makes room for other output; the line comes back below it. */
  yield(): void;
  /** Takes the line away for good. */
  clear(): void;
}

const REDRAW_MS = 1000;
const ERASE = '\r\u001b[K';

export function createLiveLine(stream: WriteStream | NodeJS.WriteStream): LiveLine {
  if (!stream.isTTY) return { show: nothing, yield: nothing, clear: nothing };
  let timer: NodeJS.Timeout | undefined;
  const erase = (): void => {
    if (timer !== undefined) stream.write(ERASE);
  };
  const clear = (): void => {
    erase();
    clearInterval(timer);
    timer = undefined;
  };
  return {
    show: (text) => {
      clear();
      const since = Date.now();
      const draw = (): void => {
        // A line that wrapped could not be erased.
        const line = `  … ${text}, for ${duration(Date.now() - since)}`.slice(0, stream.columns - 1);
        stream.write(`${ERASE}${line}`);
      };
      draw();
      timer = setInterval(draw, REDRAW_MS);
    },
    yield: erase,
    clear,
  };
}

function nothing(): void {
  // Without a terminal there is no line to draw.
}

/** Such as 8 s, 3 min 20 s, 5 h 2 min, 3 days 4 h. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [days, hours, minutes] = [86_400, 3600, 60].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  if (days > 0) return `${days} ${days === 1 ? 'day' : 'days'} ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
