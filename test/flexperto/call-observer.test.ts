import type { CallBegin, CallEnd, FlexpertoClient } from '../../src/flexperto/index.js';
import { freePort } from '../../scripts/ports.js';
import { rejection } from '../support/outcomes.js';
import {
  clientFor,
  closeAfterEach,
  content,
  CONTEXT,
  reset,
  scriptedVendor,
  silence,
  status,
} from '../support/scripted-vendor.js';

closeAfterEach();

/** What an observer is told, in order. */
function observer() {
  const told: (CallBegin | CallEnd)[] = [];
  const observe = (begin: CallBegin) => {
    told.push(begin);
    return (end: CallEnd): void => void told.push(end);
  };
  return { told, observe };
}

const list = (client: FlexpertoClient, signal?: AbortSignal) =>
  client.listDocuments({ ...CONTEXT, signal }, 13);
const LIST: CallBegin = { call: 'list documents', method: 'GET', documentBytes: 0 };

describe('Who observes the calls', () => {
  it.each([
    ['the status of a good answer', '[]', 200],
    ['the status of a refusal', status(401), 401],
    ['the status of an answer that leaves the outcome open', status(502), 502],
    ['that no answer came', reset, 'no-answer'],
  ] as const)('is told once %s', async (_, reply, end) => {
    const { told, observe } = observer();
    const { client } = await scriptedVendor(reply, { observe });
    await list(client).catch(() => undefined);
    expect(told).toEqual([LIST, end]);
  });

  it('is told that nothing was sent where there is no connection', async () => {
    const { told, observe } = observer();
    await rejection(list(clientFor(`http://127.0.0.1:${await freePort()}`, { observe })));
    expect(told).toEqual([LIST, 'not-sent']);
  });

  it('is told that a call was given up', async () => {
    const { told, observe } = observer();
    const { client } = await scriptedVendor(silence, { observe });
    await rejection(list(client, AbortSignal.timeout(100)));
    expect(told).toEqual([LIST, 'given-up']);
  });

  it('is told of both tries of an attach whose method the server does not know', async () => {
    const { told, observe } = observer();
    const { client } = await scriptedVendor([status(405), ''], { observe });
    await client.attachDocument(CONTEXT, 13, 'f-1');
    const begin = { call: 'attach', documentBytes: 0 };
    expect(told).toEqual([{ ...begin, method: 'POST' }, 405, { ...begin, method: 'GET' }, 200]);
  });

  it('is told the size of a document, and neither its name nor where it goes', async () => {
    const { told, observe } = observer();
    const { client, url } = await scriptedVendor('{"id":"f-1"}', { observe });
    await client.uploadDocument(`${url}/?token=secret`, {
      name: 'a.pdf',
      bytes: 4,
      content: content('%PDF'),
    });
    expect(told).toEqual([{ call: 'upload', method: 'POST', documentBytes: 4 }, 200]);
  });
});
