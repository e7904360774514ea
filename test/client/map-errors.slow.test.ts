import { Client, Connection } from '@temporalio/client';
import { type Http2Server, type ServerHttp2Session, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type SigningClient, createSigningClient } from '../../src/client/index.js';
import { NoAccessError, NoServerError } from '../../src/shared/temporal-errors.js';
import { captureRejection } from '../support/async-helpers.js';
import { REQUEST } from '../support/requests.js';

/** A server that answers every call with one gRPC status, as proxies and Temporal servers can. */
let server: Http2Server;
let connection: Connection;
let signings: SigningClient;
let answer = { status: 7, message: '' };
const sessions = new Set<ServerHttp2Session>();

beforeAll(async () => {
  server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.resume().respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': String(answer.status),
        'grpc-message': encodeURIComponent(answer.message),
      },
      { endStream: true },
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  connection = Connection.lazy({ address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  signings = createSigningClient(new Client({ connection }));
});
afterAll(async () => {
  await connection.close();
  for (const session of sessions) session.destroy();
  await new Promise<void>((done) => {
    server.close(() => {
      done();
    });
  });
});

const CALLS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['start', () => signings.start(REQUEST)],
  ['status', () => signings.status('a')],
  ['wait', () => signings.wait('a')],
  ['check', () => signings.check('a')],
  ['resolve', () => signings.resolve('a', { attentionId: 'initiate-1', action: 'retry' })],
  ['recordOutcome', () => signings.recordOutcome('a', { outcome: 'completed' })],
  ['cancel', () => signings.cancel('a')],
  ['list', () => signings.list()],
];

it.each(CALLS)('%s reports that the server denies access', async (_, call) => {
  for (const status of [7, 16]) {
    answer = { status, message: 'Request unauthorized.' };
    const error = await captureRejection(call());
    expect(error).toBeInstanceOf(NoAccessError);
    expect(error).toHaveProperty(
      'message',
      'The Temporal server does not let this client in: Request unauthorized.',
    );
  }
});

it('every call gives up within seconds on a server that answers but cannot serve', async () => {
  answer = { status: 14, message: 'shard is moving' };
  const errors = await Promise.all(CALLS.map(([, call]) => captureRejection(call())));
  for (const error of errors) expect(error).toBeInstanceOf(NoServerError);
});

it('a start whose response was lost advises to start it again', async () => {
  answer = { status: 4, message: 'too late' };
  const error = await captureRejection(signings.start(REQUEST));
  expect(error).toHaveProperty(
    'message',
    'The Temporal server does not answer: too late. Start it again later: a request that did arrive is not started a second time.',
  );
});
