import axe from 'axe-core';
import { CONTRACT, setUpBrowser, WITHOUT_FIELDS, type CrmPage } from './crm-page.js';
import { startScriptedCrm, createStatusAnswer, UPLOAD_ANSWER, type ScriptedCrm } from './scripted-gateway.js';

const PHONE = { width: 360, height: 740 };
const LONG =
  'a-contract-whose-name-is-as-long-as-only-a-name-can-be-that-somebody-has-found-in-an-archive.pdf';

const document = {
  name: LONG, bytes: 4_000_000, sha256: 'a', signatureFields: 'required', fileId: 'f', documentId: 1, status: 'UPLOADED', failureReason: null,
}; // prettier-ignore
const attention = {
  id: 'initiate-1',
  step: 'initiate',
  reason: 'The answer to initiate was lost.',
  actions: ['retry', 'adopt', 'abort'],
  since: '2030-01-01T00:00:00.000Z',
};

/** What an employee can be shown, and how to get there. */
const VIEWS: Readonly<Record<string, (desk: CrmPage, scripted: ScriptedCrm) => Promise<void>>> = {
  'the empty form': async () => Promise.resolve(),
  'the form with a document to be signed and one that cannot be': async (desk, { answers }) => {
    await desk.chooseFiles(CONTRACT);
    const problems = [`${LONG} has no signature field.`];
    answers['POST /documents'] = { status: 201, body: { ...UPLOAD_ANSWER.body, source: `file:uploads/2/${LONG}`, signatureFields: 0, problems } };
    await desk.chooseFiles(WITHOUT_FIELDS);
    await desk.waitForText(`${LONG} has no signature field`);
  },
  'a refused start': async (desk, { answers }) => {
    answers['POST /signings'] = { status: 429, problem: 'too-many-starts', detail: 'later', headers: { 'retry-after': '600' } };
    await desk.chooseFiles(CONTRACT);
    await desk.button('Send for signature').click();
    await desk.waitForText('Nothing was sent.');
  },
  'the progress': (desk, scripted) => openSigning(desk, scripted, {}),
  'your turn': (desk, scripted) => openSigning(desk, scripted, { state: 'awaiting-handover' }),
  'a question': (desk, scripted) => openSigning(desk, scripted, { state: 'needs-attention', attention }),
  'the question before a cancellation': async (desk, scripted) => {
    await openSigning(desk, scripted, {});
    await desk.button('Cancel …').click();
    await desk.waitForText('Cancel this signing?');
  },
  'the end': (desk, scripted) => openSigning(desk, scripted, { state: 'completed', documents: [{ ...document, status: 'FINISHED' }] }),
  'a failure': (desk, scripted) =>
    openSigning(desk, scripted, { state: 'failed', documents: [{ ...document, status: 'FAILED', failureReason: 'the identity card has expired' }] }),
}; // prettier-ignore

/** Opens the page of a signing that comes through these states. */
async function openSigning(
  desk: CrmPage,
  { crm, answers }: ScriptedCrm,
  ...states: readonly Readonly<Record<string, unknown>>[]
): Promise<void> {
  const statuses = states.map((more) => createStatusAnswer('one', { documents: [document], ...more }));
  const events = statuses.map(({ body }) => `event: status\ndata: ${JSON.stringify(body)}\n\n`);
  const headers = { 'content-type': 'text/event-stream' };
  answers['GET /signings/one'] = createStatusAnswer('one');
  answers['GET /signings/one/events'] = { status: 200, headers, body: `retry: 60000\n\n${events.join('')}` };
  await desk.page.goto(`${crm.url}?signing=one`);
  await desk.waitForText(LONG);
}

describe('The page of the example CRM can be used by everybody', () => {
  const open = setUpBrowser();
  let scripted: ScriptedCrm;

  beforeEach(async () => {
    scripted = await startScriptedCrm();
    const summary = {
      requestId: 'one', state: 'awaiting-signature', terminated: false, method: 'aes', startedAt: '2030-01-01T00:00:00.000Z',
    }; // prettier-ignore
    scripted.answers['GET /signings'] = { status: 200, body: { signings: [summary], nextCursor: 'more' } };
  });
  afterEach(() => scripted.close());

  describe.each(Object.entries(VIEWS))('%s', (_, view) => {
    test('on a phone of 360 pixels axe finds nothing, and nothing has to be scrolled sideways', async () => {
      const desk = await open(scripted.crm.url, PHONE);
      await view(desk, scripted);
      expect(await desk.page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      expect(await findViolations(desk)).toEqual([]);
    });

    test('in the dark scheme axe finds nothing', async () => {
      const desk = await open(scripted.crm.url);
      await desk.page.emulateMedia({ colorScheme: 'dark' });
      await view(desk, scripted);
      expect(await findViolations(desk)).toEqual([]);
    });
  });

  test('everything can be done by the keyboard, in the order in which it is read', async () => {
    const desk = await open(scripted.crm.url);
    await desk.chooseFiles(CONTRACT);
    await desk.page.locator('body').press('Tab');
    const stops: unknown[] = [];
    for (let stop = 0; stop < 9; stop += 1) {
      stops.push(await desk.page.evaluate('document.activeElement.ariaLabel || document.activeElement.id || document.activeElement.type || document.activeElement.localName'));
      await desk.page.keyboard.press('Tab');
    }
    expect(stops).toEqual(['a', 'files', 'checkbox', 'Remove: contract.pdf', 'radio', 'subject', 'deadline', 'send', 'a']);
    scripted.answers['POST /signings'] = { status: 401, problem: 'unauthorized', detail: 'no' };
    await desk.page.locator('#send').press('Enter');
    await desk.waitForText('Nothing was sent.');
  }); // prettier-ignore

  test('a change of the state is said to those who do not see the page', async () => {
    const desk = await open(scripted.crm.url);
    await openSigning(desk, scripted, {}, { state: 'completed' });
    await desk.waitForText('Done: John Doe has signed.');
    expect(await desk.page.locator('#news[role=status]').textContent()).toBe('Done: John Doe has signed.');
  });
});

async function findViolations({ page }: CrmPage): Promise<unknown> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, help, nodes }) => [id, help, nodes.map(({ html, failureSummary }) => [html, failureSummary])]))`);
}
