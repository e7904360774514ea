import { runCommand } from '../../scripts/processes/commands.js';
import { hashGatewayKey } from '../../scripts/processes/program.js';
import { OTHER_NODE_VERSIONS, type OtherNodeVersion, findNode } from '../../scripts/tools/node-versions.js';
import { spawnWorker, startGatewayProcess } from '../support/program-process.js';
import { useRealEnvironments } from '../support/real-environment.js';

const newEnvironment = useRealEnvironments();
const INSTALL_TIMEOUT_MS = 240_000;
const programs = new Map<OtherNodeVersion, string>();

beforeAll(async () => {
  for (const major of OTHER_NODE_VERSIONS) programs.set(major, await findNode(major));
}, INSTALL_TIMEOUT_MS);

it.each(OTHER_NODE_VERSIONS)('worker, gateway and CLI complete a signing on Node %i', async (major) => {
  const node = programs.get(major) ?? '';
  expect(await runCommand(node, ['--version'])).toMatch(`v${major}.`);
  const { env, ...environment } = await newEnvironment();
  const worker = spawnWorker(env, undefined, node);
  await worker.waitFor('"worker ready"');
  const gateway = await startGatewayProcess(
    { ...env, SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', 'a-key') },
    node,
  );
  try {
    const signing = await environment.start();
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
      await program.exited;
    }
  }
  expect(await worker.exited).toEqual({ code: 0, signal: null });
});
