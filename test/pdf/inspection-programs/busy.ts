import { join } from 'node:path';
import { serveInspections } from '../../../src/pdf/inspection-process.js';

// The inspection program, with a thread that never ends.
serveInspections(join(__dirname, 'busy-thread.js'));
