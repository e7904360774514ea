import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashGatewayKey } from '../../scripts/processes/program.js';
import {
  type TemporalServer,
  type TemporalServerOptions,
  startTemporalServer,
} from '../../scripts/processes/temporal-server.js';
import { type SigningState, type SigningStatus, isFinal } from '../../src/domain/status.js';
import { type GatewayProcess, startGatewayProcess } from '../support/program-process.js';
import { type RealEnvironment, createRealEnvironment } from '../support/real-environment.js';
import { REQUEST } from '../support/requests.js';

/** A response of the gateway; `body` is parsed if it is JSON. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Key or token; `KEY` by default, `null` for none. */
  readonly key?: string | null;
}

/** A Temporal server, the fake vendor, and the gateway as a separate process. Workers start on demand. */
export interface GatewayEnvironment extends RealEnvironment {
  readonly server: TemporalServer;
  readonly gateway: GatewayProcess;
  /** Another gateway of this environment, which also ends it. */
  startGateway(env?: NodeJS.ProcessEnv): Promise<GatewayProcess>;
  call(method: string, path: string, options?: CallOptions): Promise<HttpResponse>;
  /** Starts a signing by the gateway and returns its requestId. */
  startSigning(change?: Record<string, unknown>): Promise<string>;
  /** Starts a signing and waits until it is in this state. */
  startSigningUntil(state: SigningState, change?: Record<string, unknown>): Promise<SigningStatus>;
  waitForState(requestId: string, state: SigningState): Promise<SigningStatus>;
}

export const KEY = 'the-key-of-this-test';

export async function createGatewayEnvironment(
  gatewayEnv: NodeJS.ProcessEnv = {},
  serverOptions: TemporalServerOptions = {},
): Promise<GatewayEnvironment> {
  const server = await startTemporalServer(serverOptions);
  const environment = await createRealEnvironment(server, {}, 'signing');
  const gateways: GatewayProcess[] = [];
  const startGateway: GatewayEnvironment['startGateway'] = async (env = {}) => {
    const keys = {
      SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', KEY),
      SIGNING_CALLBACK_HOSTS: 'crm.example.invalid',
    };
    const gateway = await startGatewayProcess({ ...environment.env, ...keys, ...gatewayEnv, ...env });
    gateways.push(gateway);
    return gateway;
  };
  const gateway = await startGateway();
  const call: GatewayEnvironment['call'] = (method, path, options) =>
    callAt(gateway.url, method, path, options);

  const startSigning: GatewayEnvironment['startSigning'] = async (change = {}) => {
    const request = { ...REQUEST, requestId: `crm-${randomUUID()}`, ...change };
    const { status, text } = await call('POST', '/signings', { body: request });
    if (status !== 201) throw new Error(`not started: ${text}`);
    return request.requestId;
  };
  const waitForState: GatewayEnvironment['waitForState'] = async (requestId, state) => {
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
    ...environment,
    server,
    gateway,
    startGateway,
    call,
    startSigning,
    waitForState,
    startSigningUntil: async (state, change) => waitForState(await startSigning(change), state),
    close: async () => {
      for (const one of gateways) one.kill('SIGKILL');
      await Promise.all(gateways.map(({ exited }) => exited));
      await environment.close();
      await server.stop();
    },
  };
}

export async function callAt(
  url: string,
  method: string,
  path: string,
  { body, headers = {}, key = KEY }: CallOptions = {},
): Promise<HttpResponse> {
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

/** A matcher for a response with this problem. */
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
