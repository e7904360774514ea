import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_TOTAL_BYTES } from '../../../src/domain/request.js';
import { waitUntil } from '../../support/async-helpers.js';
import { findInspectionProcesses, sendSignal } from '../../support/inspection-processes.js';
import { REQUEST } from '../../support/requests.js';
import {
  type GatewayEnvironment,
  type HttpResponse,
  KEY,
  createGatewayEnvironment,
  problem,
} from '../gateway-environment.js';
import {
  FORM_CONTENT_TYPE,
  FORM_END,
  type Part,
  buildForm,
  filePart,
  formLength,
  generateForm,
  postDocument,
  postForm,
  startUpload,
} from './multipart.js';

interface Uploaded {
  readonly source: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly pages: number | null;
  readonly signatureFields: number | null;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

let environment: GatewayEnvironment;
beforeAll(async () => {
  environment = await createGatewayEnvironment();
});
afterAll(() => environment.close());

const example = (name: string): Promise<Buffer> => readFile(resolve('examples', name));
const testPdf = (name: string): Promise<Buffer> => readFile(resolve('test/pdf', name));
const post = (...parts: readonly Part[]): Promise<HttpResponse> =>
  postForm(environment.gateway.url, ...parts);
const pathOf = ({ source }: Uploaded): string => join(environment.root, source.slice('file:'.length));
const listUploads = (): Promise<string[]> => readdir(join(environment.root, 'uploads/default/signing'));

async function uploadFile(...parts: readonly Part[]): Promise<Uploaded> {
  const { status, text, body } = await post(...parts);
  if (status !== 201) throw new Error(`not uploaded: ${text}`);
  return body as Uploaded;
}

/** Runs an action and expects the folder to be unchanged. */
async function expectNothingLeft(work: () => Promise<unknown>): Promise<void> {
  const before = await listUploads();
  await work();
  await waitUntil('nothing is left behind', async () => (await listUploads()).length === before.length);
  expect(await listUploads()).toEqual(before);
}

describe('An uploaded PDF', () => {
  it('is stored below the document root unchanged, and the response describes it', async () => {
    const content = await example('contract.pdf');
    const answer = await uploadFile(filePart(content));
    expect(answer).toEqual({
      source: expect.stringMatching(
        /^file:uploads\/default\/signing\/[0-9a-f-]{36}\/contract\.pdf$/,
      ) as string,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      pages: 2,
      signatureFields: 1,
      problems: [],
      warnings: [],
    });
    expect((await readFile(pathOf(answer))).equals(content)).toBe(true);
  });

  it('can be sent for signature by its source, under its own name', async () => {
    const { source } = await uploadFile(filePart(await example('contract.pdf'), 'Verträge 契約.pdf'));
    const worker = await environment.startWorker();
    const status = await environment.startSigningUntil('awaiting-handover', { documents: [{ source }] });
    expect(status.documents).toMatchObject([{ name: 'Verträge 契約.pdf', status: 'ATTACHED' }]);
    worker.kill('SIGTERM');
    await worker.exited;
  });

  it.each([
    ['no-form.pdf-lib.pdf', 1, 0, /has no signature field, and flexperto cannot place one/],
    ['signed.pyhanko.pdf', 1, 1, /has no empty signature field/],
    ['field-of-a-deleted-page.by-hand.pdf', 1, 1, /has no empty signature field on any of its pages/],
    ['certified-no-changes.by-hand.pdf', 1, 2, /is certified against every change/],
    ['user-password.qpdf.pdf', null, null, /is encrypted/],
    ['letter-docx.by-hand.pdf', null, null, /is not a PDF/],
    ['garbage.by-hand.pdf', null, null, /is damaged/],
    ['empty.by-hand.pdf', null, null, /is empty/],
    ['bomb-in-object-stream.by-hand.pdf', null, null, /could not be inspected/],
  ])(
    '%s is stored, and the response says why it cannot be signed',
    async (name, pages, signatureFields, why) => {
      const content = await testPdf(name);
      const answer = await uploadFile(filePart(content, 'my letter.pdf'));
      expect(answer).toMatchObject({ bytes: content.length, pages, signatureFields });
      expect(answer.problems).toEqual([expect.stringMatching(/^my letter\.pdf .*\.$/)]);
      expect(answer.problems[0]).toMatch(why);
      expect(existsSync(pathOf(answer))).toBe(true);
    },
  );

  it('with an invisible signature field can be signed, and the response warns', async () => {
    const answer = await uploadFile(filePart(await testPdf('field-hidden.by-hand.pdf'), 'my letter.pdf'));
    expect(answer).toMatchObject({
      signatureFields: 1,
      problems: [],
      warnings: [
        'my letter.pdf has the signature field "Customer", which is hidden or has no size: nobody can see it.',
      ],
    });
  });

  it.each([
    ['../../../etc/contract.pdf', 'contract.pdf'],
    ['C:\\Documents\\contract.pdf', 'contract.pdf'],
    ['.hidden.pdf', 'hidden.pdf'],
    ['aux.pdf', '_aux.pdf'],
    ['..', 'document.pdf'],
  ])('with the name %s is stored as %s', async (given, kept) => {
    const answer = await uploadFile(filePart(await example('terms.pdf'), given));
    expect(answer.source.split('/').slice(4)).toEqual([kept]);
    expect(existsSync(pathOf(answer))).toBe(true);
  });

  it('with a very long name is stored under a shorter one', async () => {
    const { source } = await uploadFile(filePart(await example('terms.pdf'), `${'long'.repeat(300)}.pdf`));
    expect(source.split('/')[4]).toBe(`${'long'.repeat(49)}.pdf`);
  });

  it('can be uploaded ten times concurrently, each to a separate folder', async () => {
    const content = await example('contract.pdf');
    const answers = await Promise.all(Array.from({ length: 10 }, () => uploadFile(filePart(content))));
    expect(new Set(answers.map(({ source }) => source)).size).toBe(10);
    for (const answer of answers) expect((await readFile(pathOf(answer))).equals(content)).toBe(true);
  });

  it('may have as many bytes as all documents together', async () => {
    const answer = await postDocument(environment.gateway.url, generateForm(MAX_TOTAL_BYTES));
    expect(answer).toMatchObject({ status: 201, body: { bytes: MAX_TOTAL_BYTES } });
  });
});

describe('Rejected, with nothing left behind, is', () => {
  const other = { name: 'comment', content: 'please sign' };

  it.each<[string, readonly Part[]]>([
    ['a form without a part', []],
    ['a form with a field alone', [other]],
    ['a file under another name', [{ ...filePart('%PDF'), name: 'document' }]],
    ['a file without a file name', [{ name: 'file', content: '%PDF' }]],
    ['a second file', [filePart('%PDF'), filePart('%PDF')]],
    ['a field before the file', [other, filePart('%PDF')]],
    ['a field after the file', [filePart('%PDF'), other]],
    ['a field that would change a prototype', [{ ...other, name: '__proto__' }]],
  ])('%s', async (_, parts) => {
    await expectNothingLeft(async () => {
      expect(await post(...parts)).toEqual(
        problem(400, 'invalid-request', { detail: expect.stringMatching(/form/) as string }),
      );
    });
  });

  it.each([
    ['JSON', 'application/json', '{}'],
    ['a bare PDF', 'application/pdf', '%PDF-1.7'],
    ['a form that is not multipart', 'application/x-www-form-urlencoded', 'file=a'],
  ])('%s', async (_, type, body) => {
    await expectNothingLeft(async () => {
      const answer = await postDocument(environment.gateway.url, [Buffer.from(body)], { type });
      expect(answer).toEqual(problem(415, 'unsupported-media-type'));
    });
  });

  it('a form without a boundary or without an end', async () => {
    const form = buildForm(filePart(await example('contract.pdf')));
    await expectNothingLeft(async () => {
      for (const [body, type] of [
        [form, 'multipart/form-data'],
        [form.subarray(0, 5_000), FORM_CONTENT_TYPE],
        [form.subarray(0, 20), FORM_CONTENT_TYPE],
      ] as const) {
        const answer = await postDocument(environment.gateway.url, [body], { type, length: body.length });
        expect(answer).toEqual(problem(400, 'invalid-request'));
      }
    });
  });

  it('a request without a key, before its body is read', async () => {
    await expectNothingLeft(async () => {
      for (const bytes of [1_000, 1_000_000, 5_000_000, 20_000_000]) {
        const answer = await postDocument(environment.gateway.url, generateForm(bytes), { key: 'another' });
        expect(answer).toEqual(problem(401, 'unauthorized'));
      }
    });
  });

  it('a file that is larger than all documents may be, with or without a Content-Length', async () => {
    const bytes = MAX_TOTAL_BYTES + 1;
    const much = 4 * MAX_TOTAL_BYTES;
    await expectNothingLeft(async () => {
      for (const [size, options] of [
        [bytes, {}],
        [bytes, { length: formLength(bytes) }],
        [much, {}],
        [much, { length: formLength(much) }],
      ] as const) {
        const answer = await postDocument(environment.gateway.url, generateForm(size), options);
        expect(answer).toEqual(
          problem(413, 'too-large', { detail: expect.stringContaining('larger than 50 MB') as string }),
        );
      }
    });
  });

  it('an upload that is interrupted during the transfer or the inspection', async () => {
    await expectNothingLeft(async () => {
      const before = (await listUploads()).length;
      const broken = startUpload(environment.gateway.url, 1_000_000);
      const left = Array.from({ length: 5 }, () => startUpload(environment.gateway.url, 0));
      await waitUntil('all have begun to arrive', async () => (await listUploads()).length === before + 6);
      broken.destroy();
      for (const socket of left) socket.end(FORM_END);
    });
    expect(environment.gateway.output()).not.toContain('the gateway failed');
  });
});

it('An inspection that is interrupted repeatedly gets 503, and nothing is left behind', async () => {
  await expectNothingLeft(async () => {
    const state = { isOver: false };
    const answer = post(filePart(await testPdf('hybrid.by-hand.pdf'))).finally(() => {
      state.isOver = true;
    });
    while (!state.isOver) {
      for (const pid of findInspectionProcesses(environment.gateway.pid)) sendSignal(pid, 'SIGKILL');
      await sleep(5);
    }
    expect(await answer).toEqual(problem(503, 'not-inspected'));
    expect((await answer).headers.get('retry-after')).toBe('5');
  });
});

it('A caller may have as many concurrent uploads as a signing has documents; one more gets 429', async () => {
  const before = (await listUploads()).length;
  const openUploads = Array.from({ length: 20 }, () => startUpload(environment.gateway.url, 0));
  await waitUntil('all have begun to arrive', async () => (await listUploads()).length === before + 20);
  const answer = await post(filePart(await example('contract.pdf')));
  expect(answer).toEqual(problem(429, 'too-many-uploads'));
  expect(answer.headers.get('retry-after')).toBe('2');
  for (const socket of openUploads) socket.destroy();
  await waitUntil('nothing is left behind', async () => (await listUploads()).length === before);
  expect((await post(filePart(await example('contract.pdf')))).status).toBe(201);
});

it('the limit of starts is a 429 with the seconds until the next attempt', async () => {
  const gateway = await environment.startGateway({ SIGNING_STARTS_PER_HOUR: '1' });
  const worker = await environment.startWorker();
  const start = (): Promise<Response> =>
    fetch(`${gateway.url}/signings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...REQUEST, requestId: `limited-${randomUUID()}`, employeeId: 'limited' }),
    });
  expect((await start()).status).toBe(201);
  const refused = await start();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3500);
  expect(await refused.json()).toMatchObject({
    type: 'urn:signing:problem:too-many-starts',
    detail: expect.stringMatching(/can be started in (59|60) minutes\.$/) as string,
  });
  gateway.kill('SIGTERM');
  worker.kill('SIGTERM');
  await Promise.all([gateway.exited, worker.exited]);
});
