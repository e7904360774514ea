import { fork } from 'node:child_process';
import { INSPECTION_PROGRAM } from '../../src/documents/pdf-inspection-child.js';

// Somebody who asks for an inspection, says in which process it runs, and waits until it is killed.
process.once('message', (path) => {
  const child = fork(INSPECTION_PROGRAM, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  child.send({ path, memoryBytes: 512 * 1024 * 1024 }, () => {
    process.send?.(child.pid);
  });
});
