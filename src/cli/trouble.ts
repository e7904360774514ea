import { NoWorkerError, type Sight } from '../starter/index.js';
import type { Output } from './output.js';

/** How long a signing may be without a sign of a worker before that is said. */
const OVERDUE_MS = 5_000;

/** Says once when nobody answers, and once when somebody answers again. */
export interface TroubleTeller {
  see(sight: Sight): void;
  stop(): void;
}

export function createTroubleTeller(output: Output, taskQueue: string): TroubleTeller {
  let told: 'nothing' | 'trouble' = 'nothing';
  const tell = (line: string): void => {
    told = 'trouble';
    output.warn(line);
  };
  const overdue = setTimeout(() => {
    tell(
      `No worker has answered yet: is one running on the task queue ${taskQueue}? ` +
        'The Temporal server keeps the signing, and it goes on as soon as there is one.',
    );
  }, OVERDUE_MS);
  return {
    see: (sight) => {
      clearTimeout(overdue);
      if ('status' in sight) {
        if (told === 'trouble') output.warn('It is answered again.');
        told = 'nothing';
      } else if (told === 'nothing') {
        const who =
          sight.trouble instanceof NoWorkerError
            ? `worker on the task queue ${taskQueue}`
            : 'Temporal server';
        tell(`No ${who} answers at the moment; still trying. The signing itself is safe.`);
      }
    },
    stop: () => {
      clearTimeout(overdue);
    },
  };
}
