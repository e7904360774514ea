import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MAX_TOTAL_BYTES } from '../../../src/domain/request.js';
import { type GatewayEnvironment, createGatewayEnvironment } from '../gateway-environment.js';
import { generateForm, postDocument } from './multipart.js';

const MEGABYTE = 1024 * 1024;

let environment: GatewayEnvironment;
beforeAll(async () => {
  environment = await createGatewayEnvironment();
});
afterAll(() => environment.close());

/** Resident memory of a process, in bytes. */
async function readMemory(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) * 1024;
}

/** The maximum growth of a process during the work, in bytes. */
async function measureGrowth(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = await readMemory(pid);
  let most = before;
  const state = { isOver: false };
  const working = work().finally(() => (state.isOver = true));
  do most = Math.max(most, await readMemory(pid));
  while (!state.isOver);
  await working;
  return most - before;
}

const upload = (bytes: number): Promise<unknown> =>
  postDocument(environment.gateway.url, generateForm(bytes));

test('the memory of the gateway does not grow with uploaded documents', async () => {
  // A warm-up: it compiles the parser and grows the heap to the size that any upload needs.
  for (let count = 0; count < 5; count += 1) await upload(5 * MEGABYTE);
  const documents = Array.from({ length: 3 }, () => MAX_TOTAL_BYTES);
  const grown = await measureGrowth(environment.gateway.pid, () => Promise.all(documents.map(upload)));
  // For uploads of 150 MB; measured: 1 MB.
  expect(grown).toBeLessThan(40 * MEGABYTE);
});
