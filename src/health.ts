import { createServer, type ServerResponse } from 'node:http';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { closeServer, listenOn } from './listen.js';
import { explainedCall } from './starter/explained.js';
import { askDatabase } from './temporal.js';

const SERVER_ANSWERS_MS = 3_000;

/** Why the worker cannot do its work at this moment, in one sentence; `undefined` where it can. */
export type WhyNotReady = () => Promise<string | undefined>;

/** What answers whoever watches the process. */
export interface Health {
  /** From now on this decides whether the worker is ready; before, it is not. */
  readonly readyUnless: (why: WhyNotReady) => void;
  readonly close: () => Promise<void>;
}

/**
 * Answers `GET /healthz` with 200 as long as the process lives, `GET /readyz` with 200 or, with the reason, 503. Without
 * an address nothing is listened on. @throws ConfigError where the address cannot be listened on
 */
export async function serveHealth(address: string | undefined): Promise<Health> {
  let whyNotReady: WhyNotReady = () => Promise.resolve('The worker is connecting to Temporal.');
  const readyUnless = (why: WhyNotReady): void => void (whyNotReady = why);
  if (address === undefined) return { readyUnless, close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    answer(request.url ?? '', response, () => whyNotReady()).catch(() => response.destroy());
  });
  await listenOn(server, address, 'SIGNING_HEALTH_ADDRESS');
  return { readyUnless, close: () => closeServer(server) };
}

async function answer(path: string, response: ServerResponse, whyNotReady: WhyNotReady): Promise<void> {
  const reply = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (path === '/healthz') {
    reply(200, { status: 'ok' });
  } else if (path === '/readyz') {
    const reason = await whyNotReady();
    if (reason === undefined) reply(200, { status: 'ok' });
    else reply(503, { status: 'not ready', reason });
  } else {
    reply(404, { status: 'unknown', reason: 'There are /healthz and /readyz.' });
  }
}

/** Ready is a worker that polls and whose Temporal server answers from its database. */
export async function whyWorkerIsNotReady(
  worker: Worker,
  connection: NativeConnection,
  namespace: string,
): Promise<string | undefined> {
  const state = worker.getState();
  if (state !== 'RUNNING') return `The worker takes no work: it is ${state.toLowerCase()}.`;
  try {
    const ask = () => askDatabase(connection.workflowService, namespace);
    await connection.withDeadline(Date.now() + SERVER_ANSWERS_MS, ask);
    return undefined;
  } catch (error) {
    const known = explainedCall(error);
    return known instanceof Error ? known.message : String(known);
  }
}
