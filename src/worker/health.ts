import { createServer, type ServerResponse } from 'node:http';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { closeServer, listenOn } from '../shared/listen.js';
import { mapCallError } from '../shared/temporal-errors.js';
import { pingDatabase } from '../shared/temporal.js';

const TEMPORAL_TIMEOUT_MS = 3_000;

/** Why the worker cannot do its work at this moment, in one sentence; `undefined` where it can. */
export type ReadinessCheck = () => Promise<string | undefined>;

/** What answers whoever watches the process. */
export interface HealthServer {
  /** From now on this decides whether the worker is ready; before, it is not. */
  readonly setReadinessCheck: (why: ReadinessCheck) => void;
  readonly close: () => Promise<void>;
}

/**
 * Answers `GET /healthz` with 200 as long as the process lives, `GET /readyz` with 200 or, with the reason, 503. Without
 * an address nothing is listened on. @throws ConfigError where the address cannot be listened on
 */
export async function startHealthServer(address: string | undefined): Promise<HealthServer> {
  let checkReadiness: ReadinessCheck = () => Promise.resolve('The worker is connecting to Temporal.');
  const setReadinessCheck = (why: ReadinessCheck): void => void (checkReadiness = why);
  if (address === undefined) return { setReadinessCheck, close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    handleRequest(request.url ?? '', response, () => checkReadiness()).catch(() => response.destroy());
  });
  await listenOn(server, address, 'SIGNING_HEALTH_ADDRESS');
  return { setReadinessCheck, close: () => closeServer(server) };
}

async function handleRequest(
  path: string,
  response: ServerResponse,
  checkReadiness: ReadinessCheck,
): Promise<void> {
  const sendJson = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (path === '/healthz') {
    sendJson(200, { status: 'ok' });
  } else if (path === '/readyz') {
    const reason = await checkReadiness();
    if (reason === undefined) sendJson(200, { status: 'ok' });
    else sendJson(503, { status: 'not ready', reason });
  } else {
    sendJson(404, { status: 'unknown', reason: 'There are /healthz and /readyz.' });
  }
}

/** Ready is a worker that polls and whose Temporal server answers from its database. */
export async function checkWorkerReadiness(
  worker: Worker,
  connection: NativeConnection,
  namespace: string,
): Promise<string | undefined> {
  const state = worker.getState();
  if (state !== 'RUNNING') return `The worker takes no work: it is ${state.toLowerCase()}.`;
  try {
    const ping = () => pingDatabase(connection.workflowService, namespace);
    await connection.withDeadline(Date.now() + TEMPORAL_TIMEOUT_MS, ping);
    return undefined;
  } catch (error) {
    const mapped = mapCallError(error);
    return mapped instanceof Error ? mapped.message : String(mapped);
  }
}
