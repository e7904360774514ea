import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_TOTAL_BYTES } from '../../src/domain/limits.js';
import { inspectingProcesses, signalTo } from '../support/inspecting.js';
import { eventually } from '../support/outcomes.js';
import { REQUEST } from '../support/requests.js';
import { createGatewayWorld, KEY, problem, type Answer, type GatewayWorld } from './gateway-world.js';
import {
  beginToPost,
  END,
  file,
  FORM_TYPE,
  formOf,
  largeForm,
  largeFormLength,
  postDocument,
  postForm,
  type Part,
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

let world: GatewayWorld;
beforeAll(async () => {
  world = await createGatewayWorld();
});
afterAll(() => world.close());

const example = (name: string): Promise<Buffer> => readFile(resolve('examples', name));
const testPdf = (name: string): Promise<Buffer> => readFile(resolve('test/pdf', name));
const post = (...parts: readonly Part[]): Promise<Answer> => postForm(world.gateway.url, ...parts);
const pathOf = ({ source }: Uploaded): string => join(world.root, source.slice('file:'.length));
const inFolder = (): Promise<string[]> => readdir(join(world.root, 'uploads/default/signing'));

async function uploaded(...parts: readonly Part[]): Promise<Uploaded> {
  const { status, text, body } = await post(...parts);
  if (status !== 201) throw new Error(`not uploaded: ${text}`);
  return body as Uploaded;
}

/** Runs it and expects that it leaves the folder as it was. */
async function leavingNothing(work: () => Promise<unknown>): Promise<void> {
  const before = await inFolder();
  await work();
  await eventually('nothing is left behind', async () => (await inFolder()).length === before.length);
  expect(await inFolder()).toEqual(before);
}

describe('An uploaded PDF', () => {
  it('lies below the document root as it was sent, and the answer says what is known of it', async () => {
    const content = await example('contract.pdf');
    const answer = await uploaded(file(content));
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
    const { source } = await uploaded(file(await example('contract.pdf'), 'Verträge 契約.pdf'));
    const worker = await world.startWorker();
    const status = await world.signingIn('awaiting-handover', { documents: [{ source }] });
    expect(status.documents).toMatchObject([{ name: 'Verträge 契約.pdf', status: 'ATTACHED' }]);
    worker.kill('SIGTERM');
    await worker.ended;
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
  ])('%s is kept, and the answer says why it cannot be signed', async (name, pages, signatureFields, why) => {
    const content = await testPdf(name);
    const answer = await uploaded(file(content, 'my letter.pdf'));
    expect(answer).toMatchObject({ bytes: content.length, pages, signatureFields });
    expect(answer.problems).toEqual([expect.stringMatching(/^my letter\.pdf .*\.$/)]);
    expect(answer.problems[0]).toMatch(why);
    expect(existsSync(pathOf(answer))).toBe(true);
  });

  it('in which nobody can see the signature field can be signed, and the answer warns', async () => {
    const answer = await uploaded(file(await testPdf('field-hidden.by-hand.pdf'), 'my letter.pdf'));
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
  ])('that is called %s is kept under the name %s', async (given, kept) => {
    const answer = await uploaded(file(await example('terms.pdf'), given));
    expect(answer.source.split('/').slice(4)).toEqual([kept]);
    expect(existsSync(pathOf(answer))).toBe(true);
  });

  it('that has a very long name is kept under a shorter one', async () => {
    const { source } = await uploaded(file(await example('terms.pdf'), `${'long'.repeat(300)}.pdf`));
    expect(source.split('/')[4]).toBe(`${'long'.repeat(49)}.pdf`);
  });

  it('can be uploaded ten times at once, each in a place of its own', async () => {
    const content = await example('contract.pdf');
    const answers = await Promise.all(Array.from({ length: 10 }, () => uploaded(file(content))));
    expect(new Set(answers.map(({ source }) => source)).size).toBe(10);
    for (const answer of answers) expect((await readFile(pathOf(answer))).equals(content)).toBe(true);
  });

  it('may have exactly as many bytes as all documents together', async () => {
    const answer = await postDocument(world.gateway.url, largeForm(MAX_TOTAL_BYTES));
    expect(answer).toMatchObject({ status: 201, body: { bytes: MAX_TOTAL_BYTES } });
  });
});

describe('Refused, with nothing left behind, is', () => {
  const other = { name: 'comment', content: 'please sign' };

  it.each<[string, readonly Part[]]>([
    ['a form without a part', []],
    ['a form with a field alone', [other]],
    ['a file under another name', [{ ...file('%PDF'), name: 'document' }]],
    ['a file without a file name', [{ name: 'file', content: '%PDF' }]],
    ['a second file', [file('%PDF'), file('%PDF')]],
    ['a field before the file', [other, file('%PDF')]],
    ['a field after the file', [file('%PDF'), other]],
    ['a field that would change a prototype', [{ ...other, name: '__proto__' }]],
  ])('%s', async (_, parts) => {
    await leavingNothing(async () => {
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
    await leavingNothing(async () => {
      const answer = await postDocument(world.gateway.url, [Buffer.from(body)], { type });
      expect(answer).toEqual(problem(415, 'unsupported-media-type'));
    });
  });

  it('a form whose content type names no boundary, or whose end is missing', async () => {
    const form = formOf(file(await example('contract.pdf')));
    await leavingNothing(async () => {
      for (const [body, type] of [
        [form, 'multipart/form-data'],
        [form.subarray(0, 5_000), FORM_TYPE],
        [form.subarray(0, 20), FORM_TYPE],
      ] as const) {
        const answer = await postDocument(world.gateway.url, [body], { type, length: body.length });
        expect(answer).toEqual(problem(400, 'invalid-request'));
      }
    });
  });

  it('a call without a key, before its body is read', async () => {
    await leavingNothing(async () => {
      for (const bytes of [1_000, 1_000_000, 5_000_000, 20_000_000]) {
        const answer = await postDocument(world.gateway.url, largeForm(bytes), { key: 'another' });
        expect(answer).toEqual(problem(401, 'unauthorized'));
      }
    });
  });

  it('a file that is larger than all documents may be, whether its length is told before or not', async () => {
    const bytes = MAX_TOTAL_BYTES + 1;
    const much = 4 * MAX_TOTAL_BYTES;
    await leavingNothing(async () => {
      for (const [size, options] of [
        [bytes, {}],
        [bytes, { length: largeFormLength(bytes) }],
        [much, {}],
        [much, { length: largeFormLength(much) }],
      ] as const) {
        const answer = await postDocument(world.gateway.url, largeForm(size), options);
        expect(answer).toEqual(
          problem(413, 'too-large', { detail: expect.stringContaining('larger than the 50 MB') as string }),
        );
      }
    });
  });

  it('an upload that breaks off in the middle, or while it is inspected', async () => {
    await leavingNothing(async () => {
      const before = (await inFolder()).length;
      const broken = beginToPost(world.gateway.url, 1_000_000);
      const left = Array.from({ length: 5 }, () => beginToPost(world.gateway.url, 0));
      await eventually('all have begun to arrive', async () => (await inFolder()).length === before + 6);
      broken.destroy();
      for (const socket of left) socket.end(END);
    });
    expect(world.gateway.output()).not.toContain('the gateway failed');
  });
});

it('An inspection that is interrupted again and again is answered with 503, and nothing is left behind', async () => {
  await leavingNothing(async () => {
    const state = { isOver: false };
    const answer = post(file(await testPdf('hybrid.by-hand.pdf'))).finally(() => {
      state.isOver = true;
    });
    while (!state.isOver) {
      for (const pid of inspectingProcesses(world.gateway.pid)) signalTo(pid, 'SIGKILL');
      await sleep(5);
    }
    expect(await answer).toEqual(problem(503, 'not-inspected'));
    expect((await answer).headers.get('retry-after')).toBe('5');
  });
});

it('A caller has as many uploads under way as a signing has documents; one more is refused for the moment', async () => {
  const before = (await inFolder()).length;
  const underWay = Array.from({ length: 20 }, () => beginToPost(world.gateway.url, 0));
  await eventually('all have begun to arrive', async () => (await inFolder()).length === before + 20);
  const answer = await post(file(await example('contract.pdf')));
  expect(answer).toEqual(problem(429, 'too-many-uploads'));
  expect(answer.headers.get('retry-after')).toBe('2');
  for (const socket of underWay) socket.destroy();
  await eventually('nothing is left behind', async () => (await inFolder()).length === before);
  expect((await post(file(await example('contract.pdf')))).status).toBe(201);
});

it('the limit of starts is answered with the seconds after which to try again', async () => {
  const gateway = await world.startGateway({ SIGNING_STARTS_PER_HOUR: '1' });
  const worker = await world.startWorker();
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
  await Promise.all([gateway.ended, worker.ended]);
});
