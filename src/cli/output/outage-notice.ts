import { NoWorkerError, type Observation } from '../../client/index.js';
import type { Output } from './output.js';

/** How long a signing may be without a sign of a worker before that is said. */
const NO_WORKER_NOTICE_MS = 5_000;

/** Says once when nobody answers, and once when somebody answers again. */
export interface OutageNotice {
  observe(sight: Observation): void;
  stop(): void;
}

export function createOutageNotice(output: Output, taskQueue: string): OutageNotice {
  let lastNotice: 'nothing' | 'trouble' = 'nothing';
  const notify = (line: string): void => {
    lastNotice = 'trouble';
    output.warn(line);
  };
  const noWorkerTimer = setTimeout(() => {
    notify(
      `No worker has answered yet: is one running on the task queue ${taskQueue}? ` +
        'The Temporal server keeps the signing, and it goes on as soon as there is one.',
    );
  }, NO_WORKER_NOTICE_MS);
  return {
    observe: (observation) => {
      clearTimeout(noWorkerTimer);
      if ('status' in observation) {
        if (lastNotice === 'trouble') output.warn('It is answered again.');
        lastNotice = 'nothing';
      } else if (lastNotice === 'nothing') {
        const who =
          observation.outage instanceof NoWorkerError
            ? `worker on the task queue ${taskQueue}`
            : 'Temporal server';
        notify(`No ${who} answers at the moment; still trying. The signing itself is safe.`);
      }
    },
    stop: () => {
      clearTimeout(noWorkerTimer);
    },
  };
}
