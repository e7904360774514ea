/**
 * `npm run dev`: a Temporal server with its UI, the stand-in for flexperto and a worker, all left running until Ctrl-C.
 * On the ports that the other commands expect, so that they need no variables.
 */
import { startStack } from './stack.js';

const PORTS = { temporal: 7233, ui: 8233, fake: 4010, uploads: 4011 };

async function dev(): Promise<void> {
  process.stdout.write('Starting a Temporal server, a stand-in for flexperto and a worker …\n');
  const stack = await startStack({
    pollSeconds: 2,
    temporal: { port: PORTS.temporal, uiPort: PORTS.ui },
    fake: { port: PORTS.fake, uploadPort: PORTS.uploads },
  });
  process.stdout.write(`
Ready. Nothing is kept: with Ctrl-C all of it is gone.

  Temporal UI          ${stack.temporal.uiUrl ?? ''}/namespaces/default/workflows
  flexperto Dashboard  ${stack.fake.url}/   (hand over, sign, fail an identification, delete)

In a second terminal, here:

  npm run signing -- start examples/request.json --wait

`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.stdout.write('Stopping …\n');
      void stack.stop();
    });
  }
}

dev().catch((error: unknown) => {
  process.stderr.write(`It cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
