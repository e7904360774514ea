#!/usr/bin/env node
import { EXIT_CODES } from './cli/exit-codes.js';
import { runCommandLine } from './cli/run.js';

// Behind a pipe (`| head`) nobody may be reading any more; that is no fault of this program.
process.stdout.on('error', () => process.exit(EXIT_CODES.unread[0]));
process.stderr.on('error', () => undefined);

void runCommandLine(process.argv).then((code) => {
  // Not left to the event loop: a call that nobody waits for any more could keep it for long.
  process.stdout.write('', () => process.exit(code));
});
