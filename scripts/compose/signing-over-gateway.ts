import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GATEWAY_KEY } from './compose-project.js';

const EXAMPLES = path.resolve(__dirname, '../../../examples');
const REQUEST_ID = 'compose-test';
const TIMEOUT_MS = 60_000;

/** The addresses of the running services. */
export interface ComposeUrls {
  readonly gateway: string;
  readonly fake: string;
}

/** Uploads two documents, and carries their signing to its end, all over HTTP. @throws Error if it does not complete */
export async function completeSigning({ gateway, fake }: ComposeUrls): Promise<void> {
  const sources = [];
  for (const name of ['contract.pdf', 'terms.pdf']) sources.push(await uploadDocument(gateway, name));
  const example = JSON.parse(readFileSync(path.join(EXAMPLES, 'request.json'), 'utf8')) as object;
  const request = { ...example, requestId: REQUEST_ID, documents: sources.map((source) => ({ source })) };
  const headers = { 'content-type': 'application/json' };
  await callGateway(`${gateway}/signings`, { method: 'POST', headers, body: JSON.stringify(request) });
  const { sessionId } = await waitForState(gateway, 'awaiting-handover');
  const session = `${fake}/_fake/sessions/${String(sessionId)}`;
  await fetch(`${session}/hand-over`, { method: 'POST' });
  await waitForState(gateway, 'awaiting-signature');
  await fetch(`${session}/sign`, { method: 'POST' });
  await waitForCompletion(gateway);
}

/** @throws Error if that signing is not completed, or not known */
export async function waitForCompletion(gateway: string): Promise<void> {
  await waitForState(gateway, 'completed');
}

async function uploadDocument(gateway: string, name: string): Promise<string> {
  const body = new FormData();
  body.append('file', new Blob([readFileSync(path.join(EXAMPLES, name))], { type: 'application/pdf' }), name);
  const { source } = await callGateway(`${gateway}/documents`, { method: 'POST', body });
  return String(source);
}

async function waitForState(gateway: string, expected: string): Promise<Record<string, unknown>> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const status = await callGateway(`${gateway}/signings/${REQUEST_ID}`);
    if (status['state'] === expected) return status;
    if (Date.now() > deadline)
      throw new Error(`The signing is ${String(status['state'])} instead of ${expected}.`);
    await sleep(200);
  }
}

async function callGateway(url: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${GATEWAY_KEY}`);
  const response = await fetch(url, { ...init, headers });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${new URL(url).pathname} was answered with ${response.status}.`);
  return answer;
}
