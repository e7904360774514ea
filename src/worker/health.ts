import type { Logger, NativeConnection, Worker } from '@temporalio/worker';
import type { ServerResponse } from 'node:http';
import { getErrorMessage } from '../shared/errors.js';
import { serveOn } from '../shared/listen.js';
import { mapCallError } from '../shared/temporal-errors.js';
import { pingDatabase } from '../shared/temporal.js';

const TEMPORAL_TIMEOUT_MS = 3_000;
const REPORT_INTERVAL_MS = 60_000;

/** Why the worker cannot work at this moment, in one sentence; `undefined` if it can. */
export type ReadinessCheck = () => Promise<string | undefined>;

/** The health endpoint of a worker, which is not ready before it has a readiness check. */
export interface HealthServer {
  readonly setReadinessCheck: (check: ReadinessCheck) => void;
  readonly close: () => Promise<void>;
}

/**
 * Answers `GET /healthz` with 200 as long as the process lives, `GET /readyz` with 200 or, with the reason, 503. Without
 * an address it does nothing. @throws ConfigError if it cannot listen on the address
 */
export async function startHealthServer(address: string | undefined): Promise<HealthServer> {
  let checkReadiness: ReadinessCheck = () => Promise.resolve('The worker is connecting to Temporal.');
  const close = await serveOn('SIGNING_HEALTH_ADDRESS', address, ({ url }, response) => {
    handleRequest(url, response, () => checkReadiness()).catch(() => response.destroy());
  });
  return {
    setReadinessCheck: (check) => {
      checkReadiness = check;
    },
    close,
  };
}

async function handleRequest(
  path: string | undefined,
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

/** Workers are ready when all of them poll and their Temporal server answers from the database. */
export async function checkWorkerReadiness(
  workers: readonly Worker[],
  connection: NativeConnection,
  namespace: string,
): Promise<string | undefined> {
  const state = workers.map((worker) => worker.getState()).find((one) => one !== 'RUNNING');
  if (state !== undefined) return `The worker takes no work: it is ${state.toLowerCase()}.`;
  try {
    const ping = () => pingDatabase(connection.workflowService, namespace);
    await connection.withDeadline(Date.now() + TEMPORAL_TIMEOUT_MS, ping);
    return undefined;
  } catch (error) {
    return getErrorMessage(mapCallError(error));
  }
}

/** Logs every minute what the workers hold. Returns what stops it. */
export function startHealthReports(worker: Worker, pollWorker: Worker, logger: Logger): () => void {
  const report = (): void => {
    const { runState, numInFlightActivities, numCachedWorkflows } = worker.getStatus();
    const megabytes = Math.round(process.memoryUsage.rss() / 1024 / 1024);
    const { numInFlightActivities: numInFlightPolls } = pollWorker.getStatus();
    const work = { numInFlightActivities, numInFlightPolls, numCachedWorkflows };
    logger.info('worker health', { runState, ...work, megabytes });
  };
  const timer = setInterval(report, REPORT_INTERVAL_MS).unref();
  return () => {
    clearInterval(timer);
  };
}
