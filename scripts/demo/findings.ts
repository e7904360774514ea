import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Call, FakeFlexperto, SessionDocument } from '../../fake-flexperto/index.js';
import { isLost } from './news.js';
import { say, size, styled } from './screen.js';

const CALLS: readonly (readonly [Call, string])[] = [
  ['initiate', 'initiate'],
  ['upload-url', 'upload URL'],
  ['upload', 'upload'],
  ['attach', 'attach'],
  ['list', 'look at the list'],
];

/**
 * Shows what the vendor has now and how often it was called. Throws one sentence when that is not one session with every
 * document of the folder in it, byte by byte and once.
 */
export function showFindings(fake: FakeFlexperto, folder: string, names: readonly string[]): void {
  const [session, ...others] = fake.sessions();
  if (session === undefined || others.length > 0) throw broken(`${others.length + 1} sessions exist`);
  say(styled('bold', `flexperto now has contract session ${session.id}, "${session.name}":`));
  for (const document of session.documents) showDocument(document);
  say(`It was called for ${CALLS.map(([call, name]) => counted(fake, call, name)).join(', ')}.`);
  const expected = names.map((name) => [name, 'FINISHED', hashOf(path.join(folder, name))]);
  const found = session.documents.map(({ name, status, sha256 }) => [name, status, sha256]);
  if (JSON.stringify(found) !== JSON.stringify(expected)) throw broken('the documents are not those sent');
  say('Each document is there once, byte by byte as in examples/, although one answer was lost.');
}

function showDocument({ name, bytes, status, sha256 }: SessionDocument): void {
  say(
    `  ${name.padEnd(14)}${size(bytes).padStart(7)}  ${styled('green', status)}  SHA-256 ${sha256.slice(0, 12)}…`,
  );
}

function counted(fake: FakeFlexperto, call: Call, name: string): string {
  const entries = fake.ledger.entries().filter((entry) => entry.call === call);
  const lost = entries.filter(isLost).length;
  const words = entries.length === 1 ? name : plural(name);
  return `${entries.length} ${words}${lost === 0 ? '' : ` (${lost} of them unanswered)`}`;
}

function plural(name: string): string {
  if (name.startsWith('look')) return name.replace('look', 'looks');
  return name.endsWith('h') ? `${name}es` : `${name}s`;
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function broken(what: string): Error {
  return new Error(`The demo did not end as it should: ${what}. The program is broken, please report this.`);
}
