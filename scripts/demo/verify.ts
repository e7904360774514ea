import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Call, FakeFlexperto, SessionDocument } from '../../fake-flexperto/index.js';
import { isResponseLost } from './event-log.js';
import { formatSize, printLine, style } from './output.js';

const CALLS: readonly (readonly [Call, string])[] = [
  ['initiate', 'initiate'],
  ['upload-url', 'upload URL'],
  ['upload', 'upload'],
  ['attach', 'attach'],
  ['list', 'list'],
];

/**
 * Prints what the vendor has now, and how often it was called.
 * @throws Error with one sentence unless that is one contract session with every document of the folder, once and unchanged
 */
export function verifyDemo(fake: FakeFlexperto, folder: string, names: readonly string[]): void {
  const [session, ...moreSessions] = fake.sessions();
  if (session === undefined || moreSessions.length > 0)
    throw createDemoError(`${moreSessions.length + 1} sessions exist`);
  printLine(style('bold', `flexperto now has contract session ${session.id}, "${session.name}":`));
  for (const document of session.documents) printDocument(document);
  printLine(
    `Calls to flexperto: ${CALLS.map(([call, name]) => formatCallCount(fake, call, name)).join(', ')}.`,
  );
  const expected = names.map((name) => [name, 'FINISHED', hashFile(path.join(folder, name))]);
  const found = session.documents.map(({ name, status, sha256 }) => [name, status, sha256]);
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw createDemoError('the documents are not those that were sent');
  printLine(
    'Each document is there once, with the same bytes as in examples/, although one answer was lost.',
  );
}

function printDocument({ name, bytes, status, sha256 }: SessionDocument): void {
  printLine(
    `  ${name.padEnd(14)}${formatSize(bytes).padStart(7)}  ${style('green', status)}  SHA-256 ${sha256.slice(0, 12)}…`,
  );
}

function formatCallCount(fake: FakeFlexperto, call: Call, name: string): string {
  const entries = fake.ledger.entries().filter((entry) => entry.call === call);
  const lost = entries.filter(isResponseLost).length;
  const label = entries.length === 1 ? name : pluralize(name);
  return `${entries.length} ${label}${lost === 0 ? '' : ` (${lost} unanswered)`}`;
}

function pluralize(name: string): string {
  return name.endsWith('h') ? `${name}es` : `${name}s`;
}

function hashFile(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function createDemoError(problem: string): Error {
  return new Error(`The demo has an unexpected result: ${problem}. This is a bug: please report it.`);
}
