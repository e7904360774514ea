import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningStatus } from '../../src/domain/status.js';
import { eventually } from '../support/outcomes.js';
import type { WorkerProcess } from '../support/worker-process.js';
import { openEvents, type EventStream, type ServerEvent } from './event-source.js';
import { createGatewayWorld, problem, type GatewayWorld } from './gateway-world.js';
import { startIdentityProvider, type IdentityProvider } from './identity-provider.js';

let provider: IdentityProvider;
let world: GatewayWorld;
let worker: WorkerProcess;
let streams: EventStream[] = [];
beforeAll(async () => {
  provider = await startIdentityProvider();
  world = await createGatewayWorld(provider.env);
  worker = await world.startWorker();
});
afterEach(() => {
  for (const stream of streams) stream.close();
  streams = [];
});
afterAll(async () => {
  await world.close();
  await provider.close();
});

const open = async (
  requestId: string,
  options: Parameters<typeof openEvents>[2] = {},
): Promise<EventStream> => {
  const stream = await openEvents(world.gateway.url, requestId, options);
  streams.push(stream);
  return stream;
};
const stateOf = ({ data }: ServerEvent): string => (data as SigningStatus).state;
const inState =
  (state: SigningStatus['state']) =>
  (event: ServerEvent): boolean =>
    stateOf(event) === state;

it('a stream shows the state at once, then every change, and ends with the final state', async () => {
  const { requestId, sessionId } = await world.signingIn('awaiting-handover');
  const stream = await open(requestId);
  expect(stream.status).toBe(200);
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  expect(stream.headers.get('cache-control')).toBe('no-store');
  const first = await stream.next();
  expect(first).toMatchObject({ event: 'status', data: { requestId, state: 'awaiting-handover' } });

  world.fake.handOver(sessionId ?? 0);
  await stream.until(inState('awaiting-signature'));
  world.fake.sign(sessionId ?? 0);
  const rest = await stream.rest();
  expect(rest.map(stateOf).at(-1)).toBe('completed');
  const { body } = await world.call('GET', `/signings/${requestId}`);
  expect(rest.at(-1)?.data).toEqual(body);
});

it('a stream follows a signing from its start, in the order of its life', async () => {
  const requestId = await world.startSigning();
  const stream = await open(requestId);
  const states: string[] = [];
  await stream.until((event) => states.push(stateOf(event)) > 0 && stateOf(event) === 'awaiting-handover');
  const order = ['checking-documents', 'initiating', 'uploading', 'attaching', 'awaiting-handover'];
  const seen = states.map((state) => order.indexOf(state));
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen).not.toContain(-1);
});

it('a client that was cut off is not sent again what it saw last, but what came since', async () => {
  const { requestId, sessionId } = await world.signingIn('awaiting-handover');
  const before = await open(requestId);
  const seen = await before.next();
  before.close();

  const lastEventId = seen?.id ?? '';
  const again = await open(requestId, { lastEventId });
  world.fake.handOver(sessionId ?? 0);
  const next = await again.next();
  expect(next?.id).not.toBe(lastEventId);
  again.close();

  await world.untilState(requestId, 'awaiting-signature');
  const late = await open(requestId, { lastEventId });
  expect(await late.next()).toMatchObject({ data: { state: 'awaiting-signature' } });
});

it('a client that has seen the final state is told that nothing more will come', async () => {
  const { requestId } = await world.signingIn('awaiting-handover');
  await world.call('POST', `/signings/${requestId}/cancel`);
  await world.untilState(requestId, 'cancelled');
  const stream = await open(requestId);
  const [last, ...more] = await stream.rest();
  expect({ state: stateOf(last ?? { event: '', id: '', data: {} }), more }).toEqual({
    state: 'cancelled',
    more: [],
  });
  const after = await open(requestId, { lastEventId: last?.id ?? '' });
  expect(after.status).toBe(204);
  expect(await after.rest()).toEqual([]);
});

it('a session that ends without an outcome ends the stream with its problem', async () => {
  await writeFile(join(world.root, 'letter.pdf'), 'not a PDF');
  worker.kill('SIGSTOP');
  const { requestId } = await startedWhileNobodyWorks();
  const answer = await world.call('GET', `/signings/${requestId}/events`);
  expect(answer).toEqual(problem(422, 'rejected'));

  const terminated = await world.signingIn('awaiting-handover');
  const stream = await open(terminated.requestId);
  await stream.next();
  await world.client.workflow.getHandle(`signing-${terminated.requestId}`).terminate();
  expect(await stream.rest()).toEqual([
    {
      event: 'problem',
      id: undefined,
      data: expect.objectContaining({ type: 'urn:signing:problem:terminated', status: 410 }) as unknown,
    },
  ]);
});

async function startedWhileNobodyWorks(): Promise<{ requestId: string }> {
  const requestId = await world.startSigning({ documents: [{ source: 'file:letter.pdf' }] });
  worker.kill('SIGCONT');
  await eventually('the request was rejected', async () => {
    return (await world.call('GET', `/signings/${requestId}`)).status === 422;
  });
  return { requestId };
}

it('a stream outlives a worker that goes away', async () => {
  const { requestId, sessionId } = await world.signingIn('awaiting-handover');
  const stream = await open(requestId);
  await stream.next();
  worker.kill('SIGKILL');
  await worker.ended;
  world.fake.handOver(sessionId ?? 0);
  worker = await world.startWorker();
  await stream.until(inState('awaiting-signature'));
});

it('many listeners of one session cost one look at a time', async () => {
  const { requestId, sessionId } = await world.signingIn('awaiting-handover');
  const many = await Promise.all(Array.from({ length: 30 }, () => open(requestId)));
  await Promise.all(many.map((stream) => stream.next()));
  world.fake.handOver(sessionId ?? 0);
  const news = await Promise.all(many.map((stream) => stream.until(inState('awaiting-signature'))));
  expect(new Set(news.map(({ id }) => id)).size).toBe(1);
});

it('a stream ends with the token that opened it', async () => {
  const { requestId } = await world.signingIn('awaiting-handover');
  // The clocks may differ by half a minute: this one ends in a second.
  const key = provider.token({ exp: Math.floor(Date.now() / 1000) - 28 });
  const stream = await open(requestId, { key });
  expect((await stream.rest()).map(stateOf)).toEqual(['awaiting-handover']);
});
