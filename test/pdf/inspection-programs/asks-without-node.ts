import { createPdfInspector } from '../../../src/pdf/inspector.js';

// Asks for an inspection where no process can start, and prints the result.
process.execPath = '/no-such-program';
void createPdfInspector()
  .inspect(__filename)
  .then(String, (error: unknown) => String(error))
  .then((text) => process.send?.(text));
