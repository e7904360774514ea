import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { Stack } from './processes/stack.js';

const ROOT = path.resolve(__dirname, '../..');
const CONTRACT = path.join(ROOT, 'examples/contract.pdf');
const TERMS = path.join(ROOT, 'examples/terms.pdf');
const WITHOUT_FIELDS = path.join(ROOT, 'test/pdf/no-form.pdf-lib.pdf');
const WIDTHS = [
  ['desktop', { width: 1200, height: 800 }],
  ['phone', { width: 360, height: 740 }],
] as const;
/** The lists beside the progress show a change a moment later. */
const LIST_REFRESH_MS = 4_000;

/** Takes the pictures of the example CRM on a desktop and on a phone: form, progress, attention, outcome. */
export async function takeCrmScreenshots(browser: Browser, stack: Stack, folder: string): Promise<void> {
  for (const [name, viewport] of WIDTHS) {
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    const takeScreenshot = async (what: string): Promise<void> => {
      await page.screenshot({ path: path.join(folder, `crm-${what}-${name}.png`), fullPage: true });
    };
    await page.goto(stack.crm.url);
    await takeScreenshots(page, stack, takeScreenshot);
    await context.close();
  }
}

async function takeScreenshots(
  page: Page,
  { fake }: Stack,
  takeScreenshot: (what: string) => Promise<void>,
): Promise<void> {
  const send = page.getByRole('button', { name: 'Send for signature' });
  const waitForText = (text: string): Promise<void> => page.getByText(text).first().waitFor();
  const latestSessionId = (): number => fake.sessions().at(-1)?.id ?? 0;

  await page.locator('#files').setInputFiles([CONTRACT, TERMS, WITHOUT_FIELDS]);
  await page.locator('#documents li.looking').first().waitFor({ state: 'detached' });
  await takeScreenshot('choosing');

  await page.getByLabel('Enclosed for information').last().check();
  fake.faults.add({ call: 'initiate', reset: 'after' });
  await send.click();
  await waitForText('What is asked of you');
  await wait(LIST_REFRESH_MS);
  await takeScreenshot('attention');

  await page.getByLabel('Number of the contract session').fill(String(latestSessionId()));
  await page.getByRole('button', { name: 'Go on with this session' }).click();
  await waitForText('It is your turn');
  fake.handOver(latestSessionId());
  await waitForText('has the documents and can sign');
  fake.sign(latestSessionId(), fake.sessions().at(-1)?.documents[0]?.id);
  await page.locator('#sent-documents').getByText('Signed').waitFor();
  await wait(LIST_REFRESH_MS);
  await takeScreenshot('progress');

  fake.sign(latestSessionId());
  await waitForText('Done:');
  await wait(LIST_REFRESH_MS);
  await takeScreenshot('done');
}
