import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningStatus } from '../../../src/domain/status.js';
import { waitUntil } from '../../support/async-helpers.js';
import type { WorkerProcess } from '../../support/program-process.js';
import { type IdentityProvider, startIdentityProvider } from '../auth/identity-provider.js';
import { type GatewayEnvironment, createGatewayEnvironment, problem } from '../gateway-environment.js';
import { type EventStream, type ServerEvent, openEvents } from './event-source.js';

let provider: IdentityProvider;
let environment: GatewayEnvironment;
let worker: WorkerProcess;
let streams: EventStream[] = [];
beforeAll(async () => {
  provider = await startIdentityProvider();
  environment = await createGatewayEnvironment(provider.env);
  worker = await environment.startWorker();
});
afterEach(() => {
  for (const stream of streams) stream.close();
  streams = [];
});
afterAll(async () => {
  await environment.close();
  await provider.close();
});

const openStream = async (
  requestId: string,
  options: Parameters<typeof openEvents>[2] = {},
): Promise<EventStream> => {
  const stream = await openEvents(environment.gateway.url, requestId, options);
  streams.push(stream);
  return stream;
};
const stateOf = ({ data }: ServerEvent): string => (data as SigningStatus).state;
const isInState =
  (state: SigningStatus['state']) =>
  (event: ServerEvent): boolean =>
    stateOf(event) === state;

it('a stream sends the status immediately, then every change, and ends with the final state', async () => {
  const { requestId, sessionId } = await environment.startSigningUntil('awaiting-handover');
  const stream = await openStream(requestId);
  expect(stream.status).toBe(200);
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  expect(stream.headers.get('cache-control')).toBe('no-store');
  const first = await stream.next();
  expect(first).toMatchObject({ event: 'status', data: { requestId, state: 'awaiting-handover' } });

  environment.fake.handOver(sessionId ?? 0);
  await stream.until(isInState('awaiting-signature'));
  environment.fake.sign(sessionId ?? 0);
  const rest = await stream.rest();
  expect(rest.map(stateOf).at(-1)).toBe('completed');
  const { body } = await environment.call('GET', `/signings/${requestId}`);
  expect(rest.at(-1)?.data).toEqual(body);
});

it('a stream follows a signing from its start, in the order of its lifecycle', async () => {
  const requestId = await environment.startSigning();
  const stream = await openStream(requestId);
  const states: string[] = [];
  await stream.until((event) => states.push(stateOf(event)) > 0 && stateOf(event) === 'awaiting-handover');
  const order = ['checking-documents', 'initiating', 'uploading', 'attaching', 'awaiting-handover'];
  const seen = states.map((state) => order.indexOf(state));
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen).not.toContain(-1);
});

it('a reconnecting client receives only the changes since its last event', async () => {
  const { requestId, sessionId } = await environment.startSigningUntil('awaiting-handover');
  const before = await openStream(requestId);
  const seen = await before.next();
  before.close();

  const lastEventId = seen?.id ?? '';
  const again = await openStream(requestId, { lastEventId });
  environment.fake.handOver(sessionId ?? 0);
  const next = await again.next();
  expect(next?.id).not.toBe(lastEventId);
  again.close();

  await environment.waitForState(requestId, 'awaiting-signature');
  const late = await openStream(requestId, { lastEventId });
  expect(await late.next()).toMatchObject({ data: { state: 'awaiting-signature' } });
});

it('a client that has received the final state gets 204', async () => {
  const { requestId } = await environment.startSigningUntil('awaiting-handover');
  await environment.call('POST', `/signings/${requestId}/cancel`);
  await environment.waitForState(requestId, 'cancelled');
  const stream = await openStream(requestId);
  const [last, ...more] = await stream.rest();
  expect({ state: stateOf(last ?? { event: '', id: '', data: {} }), more }).toEqual({
    state: 'cancelled',
    more: [],
  });
  const after = await openStream(requestId, { lastEventId: last?.id ?? '' });
  expect(after.status).toBe(204);
  expect(await after.rest()).toEqual([]);
});

it('a signing that ends without an outcome ends the stream with its problem', async () => {
  await writeFile(join(environment.root, 'letter.pdf'), 'not a PDF');
  worker.kill('SIGSTOP');
  const { requestId } = await startWithoutWorker();
  const answer = await environment.call('GET', `/signings/${requestId}/events`);
  expect(answer).toEqual(problem(422, 'rejected'));

  const terminated = await environment.startSigningUntil('awaiting-handover');
  const stream = await openStream(terminated.requestId);
  await stream.next();
  await environment.client.workflow.getHandle(`signing-${terminated.requestId}`).terminate();
  expect(await stream.rest()).toEqual([
    {
      event: 'problem',
      id: undefined,
      data: expect.objectContaining({ type: 'urn:signing:problem:terminated', status: 410 }) as unknown,
    },
  ]);
});

async function startWithoutWorker(): Promise<{ requestId: string }> {
  const requestId = await environment.startSigning({ documents: [{ source: 'file:letter.pdf' }] });
  worker.kill('SIGCONT');
  await waitUntil('the request was rejected', async () => {
    return (await environment.call('GET', `/signings/${requestId}`)).status === 422;
  });
  return { requestId };
}

it('a stream continues while no worker is running', async () => {
  const { requestId, sessionId } = await environment.startSigningUntil('awaiting-handover');
  const stream = await openStream(requestId);
  await stream.next();
  worker.kill('SIGKILL');
  await worker.exited;
  environment.fake.handOver(sessionId ?? 0);
  worker = await environment.startWorker();
  await stream.until(isInState('awaiting-signature'));
});

it('many listeners of one signing share one poll', async () => {
  const { requestId, sessionId } = await environment.startSigningUntil('awaiting-handover');
  const many = await Promise.all(Array.from({ length: 30 }, () => openStream(requestId)));
  await Promise.all(many.map((stream) => stream.next()));
  environment.fake.handOver(sessionId ?? 0);
  const changes = await Promise.all(many.map((stream) => stream.until(isInState('awaiting-signature'))));
  expect(new Set(changes.map(({ id }) => id)).size).toBe(1);
});

it('a stream ends when the token that opened it expires', async () => {
  const { requestId } = await environment.startSigningUntil('awaiting-handover');
  // With the clock tolerance of 30 seconds, this token expires in a second.
  const key = provider.token({ exp: Math.floor(Date.now() / 1000) - 28 });
  const stream = await openStream(requestId, { key });
  expect((await stream.rest()).map(stateOf)).toEqual(['awaiting-handover']);
});
