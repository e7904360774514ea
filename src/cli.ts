#!/usr/bin/env node
import { ENDINGS } from './cli/endings.js';
import { run } from './cli/run.js';

// Behind a pipe (`| head`) nobody may be reading any more; that is no fault of this program.
process.stdout.on('error', () => process.exit(ENDINGS.unread[0]));
process.stderr.on('error', () => undefined);

void run(process.argv).then((code) => {
  // Not left to the event loop: a call that nobody waits for any more could keep it for long.
  process.stdout.write('', () => process.exit(code));
});
