import { OutcomeUnknownError, RefusedError } from '../../src/flexperto/index.js';
import { captureRejection } from '../support/async-helpers.js';
import {
  CALL_CONTEXT,
  type Reply,
  type ScriptedVendor,
  closeVendorsAfterEach,
  replyWithStatus,
  resetConnection,
  startScriptedVendor,
} from '../support/scripted-vendor.js';

closeVendorsAfterEach();

/** A server that answers attach by each method in its own way. */
const attachServer = (answers: Record<'POST' | 'GET', Reply>): Promise<ScriptedVendor> =>
  startScriptedVendor((response, request) => {
    const answer = answers[request.method === 'POST' ? 'POST' : 'GET'];
    if (typeof answer === 'string') response.end(answer);
    else answer(response, request);
  });
const attach = ({ client }: ScriptedVendor) => client.attachDocument(CALL_CONTEXT, 13, 'f-1');
const methods = ({ received }: ScriptedVendor) => received.map(({ method }) => method);

test.each([404, 405, 501])(
  'where POST is answered with %d attach goes by GET, and from then on by GET first',
  async (code) => {
    const vendor = await attachServer({ POST: replyWithStatus(code), GET: '{"id":1}' });
    expect(await attach(vendor)).toMatchObject({ documentId: 1 });
    expect(await attach(vendor)).toMatchObject({ documentId: 1 });
    expect(methods(vendor)).toEqual(['POST', 'GET', 'GET']);
  },
);

test('a server that changes from GET to POST is followed without a restart', async () => {
  let known = 'GET';
  const vendor = await startScriptedVendor((response, request) => {
    if (request.method !== known) response.statusCode = 405;
    response.end();
  });
  await attach(vendor);
  known = 'POST';
  await attach(vendor);
  await attach(vendor);
  expect(methods(vendor)).toEqual(['POST', 'GET', 'GET', 'POST', 'POST']);
});

test.each<[string, Reply]>([
  ['400', replyWithStatus(400)], ['401', replyWithStatus(401)], ['403', replyWithStatus(403)], ['408', replyWithStatus(408)], ['409', replyWithStatus(409)], ['422', replyWithStatus(422)],
  ['429', replyWithStatus(429)], ['500', replyWithStatus(500)], ['502', replyWithStatus(502)], ['503', replyWithStatus(503)], ['503 with Retry-After', replyWithStatus(503, '', { 'retry-after': '1' })],
  ['a reset', resetConnection], ['an answer that cannot be read', '{"id":'],
])('after %s attach is not repeated with the other method, which could attach twice', async (_, answer) => {
  const vendor = await attachServer({ POST: answer, GET: '{"id":1}' });
  await captureRejection(attach(vendor));
  expect(methods(vendor)).toEqual(['POST']);
}); // prettier-ignore

test.each([404, 405, 501])(
  'a 404 to POST for a session that does not exist stays the answer when GET is answered with %d',
  async (code) => {
    const vendor = await attachServer({
      POST: replyWithStatus(404, { message: 'no such session' }),
      GET: replyWithStatus(code, { message: 'no such method' }),
    });
    const error = await captureRejection(attach(vendor));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status: 404, vendorMessage: 'no such session' });
  },
);

test.each([405, 501])(
  'where POST does not exist (%d), what GET says of the session is the answer',
  async (code) => {
    const vendor = await attachServer({
      POST: replyWithStatus(code),
      GET: replyWithStatus(404, { message: 'no such session' }),
    });
    expect(await captureRejection(attach(vendor))).toMatchObject({
      status: 404,
      vendorMessage: 'no such session',
    });
  },
);

test('after a GET with an unknown outcome nothing is remembered and nothing is repeated', async () => {
  const vendor = await attachServer({ POST: replyWithStatus(405), GET: resetConnection });
  expect(await captureRejection(attach(vendor))).toBeInstanceOf(OutcomeUnknownError);
  await captureRejection(attach(vendor));
  expect(methods(vendor)).toEqual(['POST', 'GET', 'POST', 'GET']);
});

test.each(['POST', 'GET'] as const)('set to %s, attach never uses the other method', async (method) => {
  const vendor = await startScriptedVendor(replyWithStatus(405), { attachMethod: method });
  expect(await captureRejection(attach(vendor))).toMatchObject({ status: 405 });
  expect(methods(vendor)).toEqual([method]);
});
