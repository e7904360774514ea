import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../scripts/tools/chromium.js';

/** Long enough for a busy machine. A test that passes never waits so long. */
const TIMEOUT_MS = 45_000;

export const CONTRACT = resolve('examples/contract.pdf');
export const TERMS = resolve('examples/terms.pdf');
export const WITHOUT_FIELDS = resolve('test/pdf/no-form.pdf-lib.pdf');
export const ENCRYPTED = resolve('test/pdf/user-password.qpdf.pdf');

/** One browser page, as an employee uses it. */
export interface CrmPage {
  readonly page: Page;
  /** Chooses PDFs and waits until the gateway has checked all of them. */
  chooseFiles(...files: string[]): Promise<void>;
  button(name: string | RegExp): ReturnType<Page['getByRole']>;
  /** Resolves once the page shows this text. */
  waitForText(text: string | RegExp): Promise<void>;
  /** The requestId of the signing on the page. */
  requestId(): string;
}

/** One headless Chromium for a test file; each page has a fresh profile and is closed after its test. */
export function setUpBrowser(): (
  url: string,
  viewport?: { width: number; height: number },
) => Promise<CrmPage> {
  let browser: Browser | undefined;
  let errors: string[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    const seen = errors;
    errors = [];
    expect(seen).toEqual([]);
  });
  afterAll(() => browser?.close());
  return async (url, viewport = { width: 1200, height: 900 }) => {
    if (browser === undefined) throw new Error('there is no browser');
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('console', (message) => {
      if (/Content Security Policy|TrustedHTML/.test(message.text())) errors.push(message.text());
    });
    await page.goto(url);
    await page.locator('#signing-form:visible, #signing:visible, #problem:visible').first().waitFor();
    return createCrmPage(page);
  };
}

function createCrmPage(page: Page): CrmPage {
  return {
    page,
    chooseFiles: async (...files) => {
      await page.locator('#files').setInputFiles(files);
      await page.locator('#documents li.inspecting').first().waitFor({ state: 'detached' });
    },
    button: (name) => page.getByRole('button', { name }),
    waitForText: async (text) => {
      await page.getByText(text).locator('visible=true').first().waitFor();
    },
    requestId: () => new URL(page.url()).searchParams.get('signing') ?? '',
  };
}
