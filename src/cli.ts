#!/usr/bin/env node
import { EXIT_CODES } from './cli/exit-codes.js';
import { runCommandLine } from './cli/run.js';

// The reader of a pipe (`| head`) may stop reading; that is not an error of this program.
process.stdout.on('error', () => process.exit(EXIT_CODES.unread[0]));
process.stderr.on('error', () => undefined);

void runCommandLine(process.argv).then((code) => {
  // Exits explicitly: a pending call that is no longer needed could keep the event loop alive for long.
  process.stdout.write('', () => process.exit(code));
});
