import { createPdfInspector } from '../../../src/pdf/inspector.js';

// Asks a program to inspect a file, and ignores every signal but SIGKILL.
const [path = '', program = ''] = process.argv.slice(2);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
setInterval(() => undefined, 1000);
void createPdfInspector({ program }).inspect(path);
