import axe from 'axe-core';
import { CONTRACT, type CrmPage, WITHOUT_FIELDS, setUpBrowser } from './crm-page.js';
import { type ScriptedCrm, UPLOAD_ANSWER, createStatusAnswer, startScriptedCrm } from './scripted-gateway.js';

const PHONE = { width: 360, height: 740 };
const LONG_NAME =
  'a-contract-whose-name-is-as-long-as-only-a-name-can-be-that-somebody-has-found-in-an-archive.pdf';

const document = {
  name: LONG_NAME, bytes: 4_000_000, sha256: 'a', signatureFields: 'required', fileId: 'f', documentId: 1, status: 'UPLOADED', failureReason: null,
}; // prettier-ignore
const attention = {
  id: 'initiate-1',
  step: 'initiate',
  reason: 'The answer to initiate was lost.',
  actions: ['retry', 'adopt', 'abort'],
  since: '2030-01-01T00:00:00.000Z',
};

/** The views of the page, and how to open each. */
const VIEWS: Readonly<Record<string, (crmPage: CrmPage, scripted: ScriptedCrm) => Promise<void>>> = {
  'the empty form': async () => Promise.resolve(),
  'the form with a document to be signed and one that cannot be': async (crmPage, { answers }) => {
    await crmPage.chooseFiles(CONTRACT);
    const problems = [`${LONG_NAME} has no signature field.`];
    answers['POST /documents'] = { status: 201, body: { ...UPLOAD_ANSWER.body, source: `file:uploads/2/${LONG_NAME}`, signatureFields: 0, problems } };
    await crmPage.chooseFiles(WITHOUT_FIELDS);
    await crmPage.waitForText(`${LONG_NAME} has no signature field`);
  },
  'the form with a warning': async (crmPage, { answers }) => {
    const warnings = ['contract.pdf has the signature field “Left”, which is hidden.'];
    answers['POST /documents'] = { status: 201, body: { ...UPLOAD_ANSWER.body, warnings } };
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.waitForText(/Warning: contract\.pdf has the signature field/);
  },
  'a rejected start': async (crmPage, { answers }) => {
    answers['POST /signings'] = { status: 429, problem: 'too-many-starts', detail: 'later', headers: { 'retry-after': '600' } };
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.button('Send for signature').click();
    await crmPage.waitForText('Nothing was sent.');
  },
  'the progress': (crmPage, scripted) => openSigning(crmPage, scripted, {}),
  'a call that is retried': async (crmPage, scripted) => {
    await openSigning(crmPage, scripted, { state: 'attaching', lastFailure: 'flexperto answered 503.' });
    await crmPage.waitForText('Retried automatically.');
  },
  'your turn': (crmPage, scripted) => openSigning(crmPage, scripted, { state: 'awaiting-handover' }),
  'a question': (crmPage, scripted) => openSigning(crmPage, scripted, { state: 'needs-attention', attention }),
  'the question before a cancellation': async (crmPage, scripted) => {
    await openSigning(crmPage, scripted, {});
    await crmPage.button('Cancel …').click();
    await crmPage.waitForText('Cancel this signing?');
  },
  'the end': (crmPage, scripted) => openSigning(crmPage, scripted, { state: 'completed', documents: [{ ...document, status: 'FINISHED' }] }),
  'a failure': (crmPage, scripted) =>
    openSigning(crmPage, scripted, { state: 'failed', documents: [{ ...document, status: 'FAILED', failureReason: 'the identity card has expired' }] }),
}; // prettier-ignore

/** Opens the page of a signing that passes through these states. */
async function openSigning(
  crmPage: CrmPage,
  { crm, answers }: ScriptedCrm,
  ...states: readonly Readonly<Record<string, unknown>>[]
): Promise<void> {
  const statuses = states.map((more) => createStatusAnswer('one', { documents: [document], ...more }));
  const events = statuses.map(({ body }) => `event: status\ndata: ${JSON.stringify(body)}\n\n`);
  const headers = { 'content-type': 'text/event-stream' };
  answers['GET /signings/one'] = createStatusAnswer('one');
  answers['GET /signings/one/events'] = { status: 200, headers, body: `retry: 60000\n\n${events.join('')}` };
  await crmPage.page.goto(`${crm.url}?signing=one`);
  await crmPage.waitForText(LONG_NAME);
}

describe('Everybody can use the page of the example CRM', () => {
  const openPage = setUpBrowser();
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
    test('on a phone of 360 pixels axe finds nothing, and the page does not scroll sideways', async () => {
      const crmPage = await openPage(scripted.crm.url, PHONE);
      await view(crmPage, scripted);
      expect(await crmPage.page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      expect(await findViolations(crmPage)).toEqual([]);
    });

    test('in the dark scheme axe finds nothing', async () => {
      const crmPage = await openPage(scripted.crm.url);
      await crmPage.page.emulateMedia({ colorScheme: 'dark' });
      await view(crmPage, scripted);
      expect(await findViolations(crmPage)).toEqual([]);
    });
  });

  test('the keyboard reaches every control in reading order', async () => {
    const crmPage = await openPage(scripted.crm.url);
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.page.locator('body').press('Tab');
    const stops: unknown[] = [];
    for (let stop = 0; stop < 9; stop += 1) {
      stops.push(await crmPage.page.evaluate('document.activeElement.ariaLabel || document.activeElement.id || document.activeElement.type || document.activeElement.localName'));
      await crmPage.page.keyboard.press('Tab');
    }
    expect(stops).toEqual(['a', 'files', 'checkbox', 'Remove: contract.pdf', 'radio', 'subject', 'deadline', 'send', 'a']);
    scripted.answers['POST /signings'] = { status: 401, problem: 'unauthorized', detail: 'no' };
    await crmPage.page.locator('#send').press('Enter');
    await crmPage.waitForText('Nothing was sent.');
  }); // prettier-ignore

  test('screen readers get each change of the state', async () => {
    const crmPage = await openPage(scripted.crm.url);
    await openSigning(crmPage, scripted, {}, { state: 'completed' });
    await crmPage.waitForText('Done: John Doe has signed.');
    expect(await crmPage.page.locator('#announcements[role=status]').textContent()).toBe(
      'Done: John Doe has signed.',
    );
  });
});

async function findViolations({ page }: CrmPage): Promise<unknown> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, help, nodes }) => [id, help, nodes.map(({ html, failureSummary }) => [html, failureSummary])]))`);
}
