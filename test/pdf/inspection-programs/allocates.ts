import { join } from 'node:path';
import { serveInspections } from '../../../src/pdf/inspection-process.js';

// The inspection program, with a thread that takes ever more memory.
serveInspections(join(__dirname, 'allocating-thread.js'));
