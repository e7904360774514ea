import { join } from 'node:path';
import { serveInspections } from '../../../src/pdf/inspection-process.js';

// The inspection program, with a thread that takes half a second and sleeps meanwhile.
serveInspections(join(__dirname, 'waiting-thread.js'));
