import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { REQUEST } from '../../support/requests.js';
import {
  type GatewayEnvironment,
  type HttpResponse,
  KEY,
  createGatewayEnvironment,
  problem,
} from '../gateway-environment.js';
import { type Part, buildForm, postDocument } from '../uploads/multipart.js';

let environment: GatewayEnvironment;
beforeAll(async () => {
  environment = await createGatewayEnvironment();
});
afterAll(() => environment.close());

const JSON_TYPE = 'application/json';

/** Sends raw bytes. */
async function sendBytes(path: string, body: Buffer, type = JSON_TYPE): Promise<HttpResponse> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': type };
  const answer = await fetch(`${environment.gateway.url}${path}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) as unknown };
}

const createRequest = (requestId: string, lastname: string) => ({
  ...REQUEST,
  requestId,
  participants: [{ ...REQUEST.participants[0], lastname }],
});
const encodeLatin1 = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), 'latin1');

describe('A body of JSON', () => {
  const notUtf8 = problem(400, 'invalid-request', { detail: 'The body is not encoded in UTF-8.' });

  it('in another charset is rejected', async () => {
    const body = encodeLatin1(createRequest('latin', 'Müller'));
    for (const charset of ['iso-8859-1', '"windows-1252"', 'UTF-16', 'us-ascii'])
      expect(await sendBytes('/signings', body, `${JSON_TYPE}; charset=${charset}`)).toEqual(
        problem(415, 'unsupported-media-type', {
          detail: 'The body must be JSON in UTF-8, but its content type names another charset.',
        }),
      );
  });

  it('with bytes that are not UTF-8 is rejected, whatever its charset', async () => {
    const body = encodeLatin1(createRequest('latin', 'Müller'));
    for (const type of [JSON_TYPE, `${JSON_TYPE}; charset=utf-8`])
      expect(await sendBytes('/signings', body, type)).toEqual(notUtf8);
    for (const path of ['resolve', 'outcome', 'check'])
      expect(
        await sendBytes(`/signings/nobody/${path}`, encodeLatin1({ action: 'abort', reason: 'für' })),
      ).toEqual(notUtf8);
    const halfPair = Buffer.concat([
      Buffer.from('{"name":"'),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from('"}'),
    ]);
    expect(await sendBytes('/signings', halfPair)).toEqual(notUtf8);
  });

  it('with a replacement character is rejected by its field', async () => {
    const errors = [
      { pointer: '/participants/0/lastname', detail: expect.stringContaining('U+FFFD') as string },
    ];
    for (const text of [
      JSON.stringify(createRequest('lost', 'M\ufffdller')),
      JSON.stringify(createRequest('lost', 'X')).replace('"X"', '"M\\ufffdller"'),
    ])
      expect(await sendBytes('/signings', Buffer.from(text))).toEqual(
        problem(400, 'invalid-request', { errors }),
      );
  });

  it('in UTF-8 keeps its letters, also after a byte order mark', async () => {
    const body = Buffer.from(`\ufeff${JSON.stringify(createRequest('utf-8', 'Müller'))}`);
    expect(await sendBytes('/signings', body, 'application/json; charset="UTF-8"')).toMatchObject({
      status: 201,
    });
  });
});

describe('The name of an uploaded file', () => {
  let content: Buffer;
  beforeAll(async () => {
    content = await readFile(resolve('examples/contract.pdf'));
  });
  /** Uploads with these raw parameters of Content-Disposition, one byte for each character. */
  const upload = async (parameters: string): Promise<HttpResponse> => {
    const placeholder: Part = { name: 'file', fileName: 'PLACEHOLDER', content };
    const form = buildForm(placeholder)
      .toString('latin1')
      .replace('filename="PLACEHOLDER"', () => parameters);
    return postDocument(environment.gateway.url, [Buffer.from(form, 'latin1')]);
  };
  const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');
  const nameOf = async (parameters: string): Promise<string | undefined> =>
    ((await upload(parameters)).body as { source: string }).source.split('/').at(-1);

  it.each([
    ['in UTF-8', `filename="${bytesOf('Prüfung 契約.pdf')}"`, 'Prüfung 契約.pdf'],
    ['behind the plain one', `filename="x.pdf"; filename*=UTF-8''Pr%C3%BCfung.pdf`, 'Prüfung.pdf'],
    ['before the plain one', `filename*=UTF-8''Pr%C3%BCfung.pdf; filename="x.pdf"`, 'Prüfung.pdf'],
    [
      'beside one with a semicolon',
      `filename="a; b.pdf"; FileName*=utf-8'de'Pr%c3%bcfung.pdf`,
      'Prüfung.pdf',
    ],
    ['alone', `filename*=UTF-8''Pr%C3%BCfung%3B.pdf`, 'Prüfung;.pdf'],
    ['in ISO-8859-1', `filename="x.pdf"; filename*=ISO-8859-1''Pr%FCfung.pdf`, 'Prüfung.pdf'],
    [
      'beside one that cannot be read',
      `filename="Pr\xfcfung.pdf"; filename*=UTF-8''Pr%C3%BCfung.pdf`,
      'Prüfung.pdf',
    ],
    ['within another value', `filename="; filename*=UTF-8''x.pdf"`, "; filename_=UTF-8''x.pdf"],
  ])('is read %s', async (_, parameters, name) => {
    expect(await nameOf(parameters)).toBe(name);
  });

  it.each([
    ['raw ISO-8859-1', 'filename="Pr\xfcfung.pdf"'],
    ['a replacement character', `filename="${bytesOf('Pr\ufffdfung.pdf')}"`],
    ['invalid UTF-8', `filename="x.pdf"; filename*=UTF-8''Pr%FCfung.pdf`],
    ['an encoded replacement character', `filename="x.pdf"; filename*=UTF-8''Pr%EF%BF%BDfung.pdf`],
    ['an unknown charset', `filename="x.pdf"; filename*=KOI8-R''Pr%FCfung.pdf`],
    ['no charset', `filename="x.pdf"; filename*=Pr%C3%BCfung.pdf`],
  ])('is rejected in %s', async (_, parameters) => {
    expect(await upload(parameters)).toEqual(
      problem(400, 'invalid-request', { detail: 'The file name in the form is not encoded in UTF-8.' }),
    );
  });
});
