import type { Benchmark } from '../benchmark.js';
import { gateway } from './gateway.js';
import { history } from './history.js';
import { inspect } from './inspect.js';
import { latency } from './latency.js';
import { lifecycle } from './lifecycle.js';
import { memory } from './memory.js';
import { priority } from './priority.js';
import { startUp } from './start-up.js';
import { upload, uploadMany } from './upload.js';
import { waiting } from './waiting.js';

/** All benchmarks, in the order they are run. */
export const benchmarks: readonly Benchmark[] = [
  upload,
  uploadMany,
  memory,
  inspect,
  lifecycle,
  latency,
  history,
  waiting,
  priority,
  gateway,
  startUp,
];
