import fc from 'fast-check';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { arbitraryJson, arbitraryOddText, withOddities } from './odd-json.js';
import type { Script } from './raw-server.js';

const FIRST_LINES = [
  'HTTP/1.1 200 OK', 'HTTP/1.1 200', 'HTTP/1.1 201 Created', 'HTTP/1.1 204 No Content', 'HTTP/1.1 206 Partial', 'HTTP/1.0 200 OK',
  'HTTP/1.1 101 Switching Protocols', 'HTTP/1.1 100 Continue', 'HTTP/1.1 103 Early Hints', 'HTTP/1.1 301 Moved', 'HTTP/1.1 304 Not Modified',
  'HTTP/1.1 400 Bad Request', 'HTTP/1.1 401 Unauthorized', 'HTTP/1.1 404 Not Found', 'HTTP/1.1 409 Conflict', 'HTTP/1.1 429 Too Many',
  'HTTP/1.1 500 Oops', 'HTTP/1.1 503 Later', 'HTTP/1.1 599 ?', 'HTTP/1.1 999 ?', 'HTTP/1.1 000 ?', 'HTTP/1.1 20 OK', 'HTTP/0.9 200 OK',
  'HTTP/2 200', 'HTTP/1.1  200 OK', 'ICY 200 OK', 'SSH-2.0-x', '', '200 OK', 'HTTP/1.1 -200 OK', 'HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK',
]; // prettier-ignore

const HEADERS = [
  'content-type: application/json', 'content-length: 0', 'content-length: 5', 'content-length: -1', 'content-length: 99999999999999999999',
  'content-length: 5, 6', 'content-length: 0x10', 'transfer-encoding: chunked', 'transfer-encoding: gzip, chunked', 'transfer-encoding: identity',
  'content-encoding: gzip', 'content-encoding: br', 'retry-after: 5', 'retry-after: -5', 'retry-after: 1e99', 'retry-after: soon',
  'retry-after: Fri, 31 Dec 9999 23:59:59 GMT', 'retry-after: Fri, 99 Abc 0000', 'location: http://127.0.0.1:1/', 'location: file:///etc/passwd',
  'connection: close', 'connection: upgrade', 'upgrade: websocket', 'keep-alive: timeout=0', 'trailer: x', 'x', ': x', 'x y: z', ' folded: x',
  `x: ${'x'.repeat(20_000)}`, 'set-cookie: a=b',
]; // prettier-ignore

/** The fields of all documented answers in one object. */
const DOCUMENT = { id: 1362, name: 'a.pdf', status: 'ATTACHED', original_file_id: 'f-1', failure_reason: '' };
const TOKEN = `x.${Buffer.from('{"exp":1790000000}').toString('base64url')}.x`;
const VALID_ANSWER = { ...DOCUMENT, url: `http://127.0.0.1/u?token=${TOKEN}`, documents: [DOCUMENT] };

const json = fc
  .oneof(withOddities(VALID_ANSWER), withOddities([DOCUMENT]), arbitraryJson)
  .map((value) => Buffer.from(JSON.stringify(value).replaceAll('null', 'undefined')));

const body = fc.oneof(
  { arbitrary: json, weight: 4 },
  { arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
  { arbitrary: arbitraryOddText.map((text) => Buffer.from(text)), weight: 1 },
);

/** The body in chunks, some of them with a wrong length. */
const chunked = fc.tuple(body, fc.constantFrom(0, 0, 0, 1, -1, 1e6)).map(([content, lie]) => {
  const head = `${Math.max(0, content.length + lie).toString(16)}\r\n`;
  return Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n0\r\n\r\n')]);
});

/** Any answer. Most parts of most answers are valid HTTP. */
export const arbitraryAnswer: fc.Arbitrary<Script> = fc
  .record({
    first: fc.oneof(
      { arbitrary: fc.constant('HTTP/1.1 200 OK'), weight: 3 },
      { arbitrary: fc.constantFrom(...FIRST_LINES), weight: 3 },
      { arbitrary: arbitraryOddText, weight: 1 },
    ),
    headers: fc.array(fc.oneof(fc.constantFrom(...HEADERS), fc.tuple(arbitraryOddText, arbitraryOddText).map((pair) => pair.join(': '))), {
      maxLength: 4,
    }),
    content: fc.oneof(
      body.map((bytes) => ({ header: `content-length: ${bytes.length}`, bytes })),
      chunked.map((bytes) => ({ header: 'transfer-encoding: chunked', bytes })),
      body.map((bytes) => ({ header: 'x: y', bytes })),
    ),
    keepsForm: fc.boolean(),
    pieces: fc.integer({ min: 1, max: 4 }),
    ending: fc.constantFrom('end', 'end', 'end', 'reset', 'leave open'),
  })
  .map(({ first, headers, content, keepsForm, pieces, ending }): Script => {
    const kept = keepsForm ? headers.filter((header) => /^[\w-]+: [ -~]{0,100}$/.test(header)) : headers;
    const head = [first, ...kept, content.header, '', ''].join('\r\n');
    const bytes = Buffer.concat([Buffer.from(head, 'utf8'), content.bytes]);
    return (socket) => void sendAnswer(socket, bytes, pieces, ending);
  }); // prettier-ignore

async function sendAnswer(socket: Socket, bytes: Buffer, pieces: number, ending: string): Promise<void> {
  const length = Math.ceil(bytes.length / pieces);
  for (let offset = 0; offset < bytes.length; offset += length) {
    socket.write(bytes.subarray(offset, offset + length));
    await setImmediate();
  }
  if (ending === 'end') socket.end();
  else if (ending === 'reset') socket.destroy();
}

/** Repeats the same text as fast as the client reads it, until the client disconnects. */
const endless =
  (begin: string, more: string): Script =>
  (socket) => {
    const block = more.repeat(Math.ceil(65_536 / more.length));
    const write = (): void => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.write(begin);
    socket.on('drain', write);
    write();
  };

/** Sends one byte now and then, so that no pause is long. */
const dripping =
  (begin: string): Script =>
  (socket) => {
    socket.write(begin);
    const drops = setInterval(() => socket.write(' '), 20);
    socket.on('close', () => {
      clearInterval(drops);
    });
  };

const OK = 'HTTP/1.1 200 OK\r\n';

/** Answers that never end, each in a different part. */
export const ENDLESS_ANSWERS: Readonly<Record<string, Script>> = {
  'the first line': endless('HTTP/1.1 200 ', 'x'),
  'a header': endless(`${OK}x: `, 'x'),
  headers: endless(OK, 'x: y\r\n'),
  'answers that say to wait for the answer': endless('', 'HTTP/1.1 100 Continue\r\n\r\n'),
  'early answers with links': endless('', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'),
  'a body without a length': endless(`${OK}\r\n`, ' '),
  'a body of a length beyond all numbers': endless(`${OK}content-length: 9007199254740991\r\n\r\n`, ' '),
  'arrays in arrays': endless(`${OK}\r\n`, '['),
  'objects in objects': endless(`${OK}\r\n`, '{"documents":'),
  'quotes that are escaped': endless(`${OK}\r\n`, '\\"'),
  'documents in a list': endless(`${OK}\r\n[`, `${JSON.stringify(DOCUMENT)},`),
  'chunks of one byte': endless(`${OK}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'),
  'the extension of a chunk': endless(`${OK}transfer-encoding: chunked\r\n\r\n1;x=`, 'x'),
  trailers: endless(`${OK}transfer-encoding: chunked\r\n\r\n0\r\n`, 'x: y\r\n'),
  'the message of a rejection': endless('HTTP/1.1 400 Bad Request\r\n\r\n', 'no '),
  'answers to requests that nobody made': endless(
    `${OK}content-length: 2\r\n\r\n{}`,
    `${OK}content-length: 2\r\n\r\n{}`,
  ),
  'a body that drips': dripping(`${OK}\r\n{"id":`),
  'a header that drips': dripping(`${OK}x: `),
};
