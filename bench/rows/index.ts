import type { Row } from '../row.js';
import { inspect } from './inspect.js';
import { memory } from './memory.js';
import { uploadMany } from './upload-many.js';
import { upload } from './upload.js';

/** All benchmarks, in the order they are run. */
export const rows: readonly Row[] = [upload, uploadMany, memory, inspect];
