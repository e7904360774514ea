import { nodeProgram, OTHER_NODES, type OtherNode } from '../scripts/node-versions.js';
import { runCommand } from '../scripts/commands.js';
import { hashed, startGatewayProcess } from './support/gateway-process.js';
import { realWorlds } from './support/real-world.js';
import { spawnWorker } from './support/worker-process.js';

const newWorld = realWorlds();
const SOME_MINUTES_MS = 240_000;
const programs = new Map<OtherNode, string>();

beforeAll(async () => {
  for (const major of OTHER_NODES) programs.set(major, await nodeProgram(major));
}, SOME_MINUTES_MS);

it.each(OTHER_NODES)(
  'on Node %i worker, gateway and command line carry a signing to its end',
  async (major) => {
    const node = programs.get(major) ?? '';
    expect(await runCommand(node, ['--version'])).toMatch(`v${major}.`);
    const { env, ...world } = await newWorld();
    const worker = spawnWorker(env, undefined, node);
    await worker.waitFor('"worker ready"');
    const gateway = await startGatewayProcess({ ...env, SIGNING_GATEWAY_KEYS: hashed('crm', 'a-key') }, node);
    try {
      const signing = await world.start();
      await signing.signAll();
      await signing.result();
      const headers = { authorization: 'Bearer a-key' };
      const answer = await fetch(`${gateway.url}/signings/${signing.requestId}`, { headers });
      expect(await answer.json()).toMatchObject({ state: 'completed' });
      const status = await runCommand(node, ['dist/src/cli.js', 'status', signing.requestId, '--json'], {
        env: { ...process.env, ...env },
      });
      expect(JSON.parse(status)).toMatchObject({ state: 'completed' });
    } finally {
      for (const program of [gateway, worker]) {
        program.kill('SIGTERM');
        await program.ended;
      }
    }
    expect(await worker.ended).toEqual({ code: 0, signal: null });
  },
);
