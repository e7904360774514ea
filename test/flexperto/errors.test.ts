import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  AnswerNotUnderstoodError,
  NotSentError,
  OutcomeUnknownError,
  RefusedError,
} from '../../src/flexperto/index.js';
import { captureRejection } from '../support/async-helpers.js';
import { createLocalCertificate, startLocalServer } from '../support/local-server.js';
import {
  CALL_CONTEXT,
  type Reply,
  SESSION,
  closeVendorsAfterEach,
  createVendorClient,
  neverReply,
  replyWithStatus,
  resetConnection,
  startScriptedVendor,
} from '../support/scripted-vendor.js';

closeVendorsAfterEach();

const initiateAt = (baseUrl: string) =>
  captureRejection(createVendorClient(baseUrl).initiateSession(CALL_CONTEXT, SESSION));
const initiate = async (reply: Reply, timeoutMs = 20_000) => {
  const { client } = await startScriptedVendor(reply, { timeoutMs });
  return captureRejection(client.initiateSession(CALL_CONTEXT, SESSION));
};

/** A port that nobody listens on: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the request was not sent', () => {
  test('when the connection is refused', async () => {
    const port = await closedPort();
    for (const host of ['127.0.0.1', 'localhost']) {
      const error = await initiateAt(`http://${host}:${port}`);
      expect(error).toBeInstanceOf(NotSentError);
      expect((error as Error).message).toBe(
        'initiate: the request was not sent, no connection to flexperto (ECONNREFUSED)',
      );
    }
  });

  test('when the host has no address', async () => {
    const error = await initiateAt('http://tenant.invalid');
    expect(error).toBeInstanceOf(NotSentError);
    expect((error as Error).message).toMatch(/\((ENOTFOUND|EAI_AGAIN)\)$/);
  });

  test('when the certificate is not trusted', async () => {
    const server = await startLocalServer(
      (_request, response) => response.end('{"id":13}'),
      await createLocalCertificate(),
    );
    const error = await initiateAt(server.url);
    await server.close();
    expect(error).toBeInstanceOf(NotSentError);
  });

  test('when the server does not speak TLS', async () => {
    const { url, received } = await startScriptedVendor('{"id":13}');
    expect(await initiateAt(url.replace('http:', 'https:'))).toBeInstanceOf(NotSentError);
    expect(received).toEqual([]);
  });

  test('when the connection is reset before its encryption is agreed', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const error = await initiateAt(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.close();
    expect(error).toBeInstanceOf(NotSentError);
  });

  test('when no connection is made within half of the time limit', async () => {
    // Accepts the connection and never answers the first word of TLS.
    const sockets: { destroy(): void }[] = [];
    const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = createVendorClient(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      timeoutMs: 6_000,
    });
    const error = await captureRejection(client.initiateSession(CALL_CONTEXT, SESSION));
    for (const socket of sockets) socket.destroy();
    server.close();
    expect(error).toBeInstanceOf(NotSentError);
    expect((error as Error).message).toContain('UND_ERR_CONNECT_TIMEOUT');
  });
});

describe('the vendor refused', () => {
  test.each([400, 401, 403, 404, 405, 409, 413, 422, 429])('with status %d and its own message', async (code) => {
    const error = await initiate(replyWithStatus(code, { message: 'no such tenant' }));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ call: 'initiate', status: code, vendorMessage: 'no such tenant', retryAfterMs: undefined });
    expect((error as Error).message).toBe(`initiate: flexperto refused with status ${code}`);
  }); // prettier-ignore

  test.each([
    ['message beside a code', { statusCode: 400, message: 'one', error: 'Bad Request' }, 'one'],
    ['an error of OAuth', { error: 'invalid_token', error_description: 'expired' }, 'expired'],
    ['a problem', { type: 'about:blank', title: 'Bad', detail: 'name is missing' }, 'name is missing'],
    ['an error alone', { error: 'Forbidden' }, 'Forbidden'],
    ['plain text over several lines', ' no\r\n  such   tenant ', 'no such tenant'],
    ['a page of HTML', '\n<html><body>nginx</body></html>', ''],
    ['a page of HTML in a field', { message: 'Error <!DOCTYPE html><p>nginx</p>' }, ''],
    ['other JSON, its escapes read', '{ "errors": ["J\\u00f6rg"] }', '{"errors":["Jörg"]}'],
    ['nothing', '', ''],
    ['many words, none cut in two', `${'word '.repeat(59)}John Doe`, `${'word '.repeat(59)}John`],
    ['a sentence without end', 'x'.repeat(5_000), 'x'.repeat(300)],
  ])('its message comes from %s', async (_, body, words) => {
    expect(await initiate(replyWithStatus(400, body))).toMatchObject({ status: 400, vendorMessage: words });
  });

  test.each([429, 503])('with status %d, and Retry-After in seconds is read', async (code) => {
    const error = await initiate(replyWithStatus(code, '', { 'retry-after': '120' }));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status: code, retryAfterMs: 120_000 });
  });

  test('and Retry-After as an HTTP date is read', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { retryAfterMs } = (await initiate(
      replyWithStatus(503, '', { 'retry-after': date }),
    )) as RefusedError;
    expect(retryAfterMs).toBeGreaterThan(3_500_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });

  test.each([
    ['a date that has passed', 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['a year', '31536000', 86_400_000],
    ['a word', 'soon', undefined],
    ['a negative number', '-5', undefined],
    ['nothing', ' ', undefined],
  ])('Retry-After of %s is bounded', async (_, header, ms) => {
    expect(await initiate(replyWithStatus(429, '', { 'retry-after': header }))).toMatchObject({
      retryAfterMs: ms,
    });
  });

  test.each([300, 301, 302, 303, 307, 308])('with a redirect %d, which is not followed', async (code) => {
    const elsewhere = await startScriptedVendor('{"id":13}');
    const error = await initiate(replyWithStatus(code, '', { location: `${elsewhere.url}/there` }));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status: code });
    expect(elsewhere.received).toEqual([]);
  });

  test('and its status decides even if its message is cut short', async () => {
    const error = await initiate((response) => {
      response.writeHead(403, { 'content-length': '1000' });
      response.write('{"message":', () => response.socket?.resetAndDestroy());
    });
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status: 403 });
  });
});

describe('the outcome is unknown', () => {
  test.each([500, 501, 502, 503, 504, 520, 408])('after status %d', async (code) => {
    const error = await initiate(replyWithStatus(code));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({ status: code, call: 'initiate' });
  });

  test.each([500, 408])('after status %d with Retry-After, which is passed on', async (code) => {
    const error = await initiate(replyWithStatus(code, '', { 'retry-after': '7' }));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({ retryAfterMs: 7_000 });
  });

  test('after a reset, whether or not the call took effect', async () => {
    const error = await initiate(resetConnection);
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect((error as OutcomeUnknownError).status).toBeUndefined();
  });

  test('when the server closes without an answer', async () => {
    expect(await initiate((response) => response.socket?.end())).toBeInstanceOf(OutcomeUnknownError);
  });

  test('when the answer is not HTTP', async () => {
    expect(await initiate((response) => response.socket?.end('SSH-2.0-x\r\n'))).toBeInstanceOf(OutcomeUnknownError);
  }); // prettier-ignore

  test('when no answer comes within the time limit', async () => {
    const error = await initiate(neverReply, 400);
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect((error as Error).message).toBe(
      'initiate: no answer within 0.4 s, so it is not known whether flexperto carried it out',
    );
  });
});

test('one time limit holds for the whole call, and ends an answer that drips', async () => {
  const error = await initiate((response) => {
    response.write('{"id":');
    const drip = setInterval(() => response.write(' '), 50);
    response.on('close', () => {
      clearInterval(drip);
    });
  }, 600);
  // It said 200: the call had its effect, and only the answer is not known.
  expect(error).toBeInstanceOf(AnswerNotUnderstoodError);
});

test('the time limit holds after a garbage collection', async () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const cleaning = setInterval(collect, 50);
  const error = await initiate(neverReply, 600);
  clearInterval(cleaning);
  expect(error).toBeInstanceOf(OutcomeUnknownError);
});

describe('an aborted call ends with the reason of the signal', () => {
  const reason = new Error('the worker shuts down');

  test('before it begins, and sends nothing', async () => {
    const { client, received } = await startScriptedVendor('{"id":13}');
    const signal = AbortSignal.abort(reason);
    expect(await captureRejection(client.initiateSession({ ...CALL_CONTEXT, signal }, SESSION))).toBe(reason);
    expect(received).toEqual([]);
  });

  test('while the answer is awaited', async () => {
    const controller = new AbortController();
    const { client } = await startScriptedVendor(() => {
      controller.abort(reason);
    });
    const call = client.initiateSession({ ...CALL_CONTEXT, signal: controller.signal }, SESSION);
    expect(await captureRejection(call)).toBe(reason);
  });

  test('while the answer arrives', async () => {
    const controller = new AbortController();
    const { client } = await startScriptedVendor((response) => {
      response.write('{"id":', () => setTimeout(() => { controller.abort(reason); }, 100));
    }); // prettier-ignore
    const call = client.initiateSession({ ...CALL_CONTEXT, signal: controller.signal }, SESSION);
    expect(await captureRejection(call)).toBe(reason);
  });
});
