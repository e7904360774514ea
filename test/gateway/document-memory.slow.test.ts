import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MAX_TOTAL_BYTES } from '../../src/domain/limits.js';
import { createGatewayWorld, type GatewayWorld } from './gateway-world.js';
import { largeForm, postDocument } from './multipart.js';

const MEGABYTE = 1024 * 1024;

let world: GatewayWorld;
beforeAll(async () => {
  world = await createGatewayWorld();
});
afterAll(() => world.close());

/** Resident memory of a process, in bytes. */
async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) * 1024;
}

/** By how many bytes a process grows at most while the work goes on. */
async function growth(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = await memoryOf(pid);
  let most = before;
  const state = { isOver: false };
  const working = work().finally(() => (state.isOver = true));
  do most = Math.max(most, await memoryOf(pid));
  while (!state.isOver);
  await working;
  return most - before;
}

const upload = (bytes: number): Promise<unknown> => postDocument(world.gateway.url, largeForm(bytes));

test('the memory of the gateway does not grow with the documents that are uploaded', async () => {
  // By then the parser has been compiled for speed and the heap has the size that any upload needs.
  for (let count = 0; count < 5; count += 1) await upload(5 * MEGABYTE);
  const documents = Array.from({ length: 3 }, () => MAX_TOTAL_BYTES);
  const grown = await growth(world.gateway.pid, () => Promise.all(documents.map(upload)));
  // Of 150 MB; measured: 1 MB.
  expect(grown).toBeLessThan(40 * MEGABYTE);
});
