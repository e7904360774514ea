import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  startTemporalServer,
  type TemporalServer,
  type TemporalServerOptions,
} from '../../scripts/temporal-server.js';
import { isFinal, type SigningState, type SigningStatus } from '../../src/domain/status.js';
import { hashed, startGatewayProcess, type GatewayProcess } from '../support/gateway-process.js';
import { createRealWorld, type RealWorld } from '../support/real-world.js';
import { REQUEST } from '../support/requests.js';

/** An answer of the gateway, its body parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Key or token; the world's own key by default, `null` for none. */
  readonly key?: string | null;
}

/** A Temporal server, a vendor and a gateway as a process of its own. A worker comes when it is asked for. */
export interface GatewayWorld extends RealWorld {
  readonly server: TemporalServer;
  readonly gateway: GatewayProcess;
  /** Another gateway of the same world; it is ended with the world. */
  startGateway(env?: NodeJS.ProcessEnv): Promise<GatewayProcess>;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Starts a signing by the gateway and returns its requestId. */
  startSigning(change?: Record<string, unknown>): Promise<string>;
  /** The same, and waits until it is in this state. */
  signingIn(state: SigningState, change?: Record<string, unknown>): Promise<SigningStatus>;
  untilState(requestId: string, state: SigningState): Promise<SigningStatus>;
}

export const KEY = 'the-key-of-this-test';

export async function createGatewayWorld(
  more: NodeJS.ProcessEnv = {},
  serverOptions: TemporalServerOptions = {},
): Promise<GatewayWorld> {
  const server = await startTemporalServer(serverOptions);
  const world = await createRealWorld(server, {}, 'signing');
  const gateways: GatewayProcess[] = [];
  const startGateway: GatewayWorld['startGateway'] = async (env = {}) => {
    const keys = {
      SIGNING_GATEWAY_KEYS: hashed('crm', KEY),
      SIGNING_CALLBACK_HOSTS: 'crm.example.invalid',
    };
    const gateway = await startGatewayProcess({ ...world.env, ...keys, ...more, ...env });
    gateways.push(gateway);
    return gateway;
  };
  const gateway = await startGateway();
  const call: GatewayWorld['call'] = (method, path, options) => callAt(gateway.url, method, path, options);

  const startSigning: GatewayWorld['startSigning'] = async (change = {}) => {
    const request = { ...REQUEST, requestId: `crm-${randomUUID()}`, ...change };
    const { status, text } = await call('POST', '/signings', { body: request });
    if (status !== 201) throw new Error(`not started: ${text}`);
    return request.requestId;
  };
  const untilState: GatewayWorld['untilState'] = async (requestId, state) => {
    for (;;) {
      const { status, body, text } = await call('GET', `/signings/${requestId}`);
      if (status !== 200) throw new Error(`${requestId} has no state: ${text}`);
      const now = body as SigningStatus;
      if (now.state === state) return now;
      if (isFinal(now.state)) throw new Error(`${requestId} ended as ${now.state} and never was ${state}`);
      await sleep(50);
    }
  };

  return {
    ...world,
    server,
    gateway,
    startGateway,
    call,
    startSigning,
    untilState,
    signingIn: async (state, change) => untilState(await startSigning(change), state),
    close: async () => {
      for (const one of gateways) one.kill('SIGKILL');
      await Promise.all(gateways.map(({ ended }) => ended));
      await world.close();
      await server.stop();
    },
  };
}

export async function callAt(
  url: string,
  method: string,
  path: string,
  { body, headers = {}, key = KEY }: CallOptions = {},
): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = text !== '' && (answer.headers.get('content-type') ?? '').includes('json');
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

/** A problem of this kind, as a matcher for an answer. */
export function problem(status: number, name: string, more: Record<string, unknown> = {}) {
  return expect.objectContaining({
    status,
    body: expect.objectContaining({
      type: `urn:signing:problem:${name}`,
      status,
      title: expect.any(String) as string,
      ...more,
    }) as unknown,
  }) as unknown;
}
