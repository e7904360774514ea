import { join } from 'node:path';
import { serveInspections } from './limit-watch.js';

/** The program of the inspection process. */
serveInspections(join(__dirname, 'inspection-thread.js'));
