import { join } from 'node:path';
import { serveInspections } from './pdf-inspection-watch.js';

/** The program of the inspection process. */
serveInspections(join(__dirname, 'pdf-inspection-thread.js'));
