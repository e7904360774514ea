import { OutcomeUnknownError, RefusedError } from '../../src/flexperto/index.js';
import { rejection } from '../support/outcomes.js';
import {
  closeAfterEach,
  CONTEXT,
  reset,
  scriptedVendor,
  status,
  type Reply,
  type ScriptedVendor,
} from '../support/scripted-vendor.js';

closeAfterEach();

/** A server that answers attach by each method in its own way. */
const attachServer = (answers: Record<'POST' | 'GET', Reply>): Promise<ScriptedVendor> =>
  scriptedVendor((response, request) => {
    const answer = answers[request.method === 'POST' ? 'POST' : 'GET'];
    if (typeof answer === 'string') response.end(answer);
    else answer(response, request);
  });
const attach = ({ client }: ScriptedVendor) => client.attachDocument(CONTEXT, 13, 'f-1');
const methods = ({ arrived }: ScriptedVendor) => arrived.map(({ method }) => method);

test.each([404, 405, 501])(
  'where POST is answered with %d attach goes by GET, and from then on by GET first',
  async (code) => {
    const vendor = await attachServer({ POST: status(code), GET: '{"id":1}' });
    expect(await attach(vendor)).toMatchObject({ documentId: 1 });
    expect(await attach(vendor)).toMatchObject({ documentId: 1 });
    expect(methods(vendor)).toEqual(['POST', 'GET', 'GET']);
  },
);

test('a server that changes from GET to POST is followed without a restart', async () => {
  let known = 'GET';
  const vendor = await scriptedVendor((response, request) => {
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
  ['400', status(400)], ['401', status(401)], ['403', status(403)], ['408', status(408)], ['409', status(409)], ['422', status(422)],
  ['429', status(429)], ['500', status(500)], ['502', status(502)], ['503', status(503)], ['503 with Retry-After', status(503, '', { 'retry-after': '1' })],
  ['a reset', reset], ['an answer that cannot be read', '{"id":'],
])('after %s attach is not tried by the other method: it could attach twice', async (_, answer) => {
  const vendor = await attachServer({ POST: answer, GET: '{"id":1}' });
  await rejection(attach(vendor));
  expect(methods(vendor)).toEqual(['POST']);
}); // prettier-ignore

test.each([404, 405, 501])(
  'a 404 to POST for a session that does not exist stays the answer when GET is answered with %d',
  async (code) => {
    const vendor = await attachServer({
      POST: status(404, { message: 'no such session' }),
      GET: status(code, { message: 'no such method' }),
    });
    const error = await rejection(attach(vendor));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status: 404, vendorMessage: 'no such session' });
  },
);

test.each([405, 501])(
  'where POST does not exist (%d), what GET says of the session is the answer',
  async (code) => {
    const vendor = await attachServer({
      POST: status(code),
      GET: status(404, { message: 'no such session' }),
    });
    expect(await rejection(attach(vendor))).toMatchObject({ status: 404, vendorMessage: 'no such session' });
  },
);

test('after an unclear answer to GET nothing is remembered and nothing is repeated', async () => {
  const vendor = await attachServer({ POST: status(405), GET: reset });
  expect(await rejection(attach(vendor))).toBeInstanceOf(OutcomeUnknownError);
  await rejection(attach(vendor));
  expect(methods(vendor)).toEqual(['POST', 'GET', 'POST', 'GET']);
});

test.each(['POST', 'GET'] as const)('set to %s, attach never goes by the other method', async (method) => {
  const vendor = await scriptedVendor(status(405), { attachMethod: method });
  expect(await rejection(attach(vendor))).toMatchObject({ status: 405 });
  expect(methods(vendor)).toEqual([method]);
});
