import { findFreePort } from '../../scripts/processes/ports.js';
import type { CallOutcome, CallStart } from '../../src/flexperto/call-observer.js';
import type { FlexpertoClient } from '../../src/flexperto/index.js';
import { captureRejection } from '../support/async-helpers.js';
import {
  CALL_CONTEXT,
  closeVendorsAfterEach,
  createVendorClient,
  neverReply,
  replyWithStatus,
  resetConnection,
  startScriptedVendor,
  streamOf,
} from '../support/scripted-vendor.js';

closeVendorsAfterEach();

/** What an observer receives, in order. */
function observer() {
  const reports: (CallStart | CallOutcome)[] = [];
  const observe = (begin: CallStart) => {
    reports.push(begin);
    return (end: CallOutcome): void => void reports.push(end);
  };
  return { reports, observe };
}

const list = (client: FlexpertoClient, signal?: AbortSignal) =>
  client.listDocuments({ ...CALL_CONTEXT, signal }, 13);
const LIST: CallStart = { call: 'list documents', method: 'GET', documentBytes: 0 };

describe('An observer of calls', () => {
  it.each([
    ['the status of a good answer', '[]', 200],
    ['the status of a refusal', replyWithStatus(401), 401],
    ['the status of an answer that leaves the outcome open', replyWithStatus(502), 502],
    ['that no answer came', resetConnection, 'no-answer'],
  ] as const)('gets once %s', async (_, reply, end) => {
    const { reports, observe } = observer();
    const { client } = await startScriptedVendor(reply, { observe });
    await list(client).catch(() => undefined);
    expect(reports).toEqual([LIST, end]);
  });

  it('learns that nothing was sent without a connection', async () => {
    const { reports, observe } = observer();
    await captureRejection(list(createVendorClient(`http://127.0.0.1:${await findFreePort()}`, { observe })));
    expect(reports).toEqual([LIST, 'not-sent']);
  });

  it('learns that a call was aborted', async () => {
    const { reports, observe } = observer();
    const { client } = await startScriptedVendor(neverReply, { observe });
    await captureRejection(list(client, AbortSignal.timeout(100)));
    expect(reports).toEqual([LIST, 'given-up']);
  });

  it('sees both attempts of an attach whose method the server does not know', async () => {
    const { reports, observe } = observer();
    const { client } = await startScriptedVendor([replyWithStatus(405), ''], { observe });
    await client.attachDocument(CALL_CONTEXT, 13, 'f-1');
    const begin = { call: 'attach', documentBytes: 0 };
    expect(reports).toEqual([{ ...begin, method: 'POST' }, 405, { ...begin, method: 'GET' }, 200]);
  });

  it('gets the size of a document, and neither its name nor its address', async () => {
    const { reports, observe } = observer();
    const { client, url } = await startScriptedVendor('{"id":"f-1"}', { observe });
    await client.uploadDocument(`${url}/?token=secret`, {
      name: 'a.pdf',
      bytes: 4,
      content: streamOf('%PDF'),
    });
    expect(reports).toEqual([{ call: 'upload', method: 'POST', documentBytes: 4 }, 200]);
  });
});
