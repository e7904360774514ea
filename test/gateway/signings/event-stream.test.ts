import { text } from 'node:stream/consumers';
import type { SigningStatus } from '../../../src/domain/status.js';
import { computeEventId, createEventStream } from '../../../src/gateway/signings/events.js';

const status: SigningStatus & { callback: unknown } = {
  requestId: 'a',
  state: 'awaiting-signature',
  sessionId: 1,
  name: 'Loan',
  method: 'qes',
  employeeId: 'e',
  crmRecord: null,
  documents: [],
  attention: null,
  deadline: '2026-02-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  callback: null,
};
const statusWithCallback = {
  ...status,
  callback: { order: 1, type: 'x', deliveredAt: '2026-01-01T00:00:01.000Z' },
};
const silentBroadcaster = { subscribe: () => () => undefined };

const readStream = async (current: SigningStatus, lastEventId: string): Promise<string> => {
  const stream = createEventStream(silentBroadcaster, current, lastEventId);
  stream.end();
  return text(stream);
};

it('a reconnecting client receives the changes of callbacks since its last event', async () => {
  expect(await readStream(status, computeEventId(status))).not.toContain('data:');
  expect(await readStream(statusWithCallback, computeEventId(status))).toContain(
    JSON.stringify(statusWithCallback),
  );
});
