import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { UnreadableRequestError } from './failures.js';

/** Far more than any valid request has; a larger file is not a request. */
const MAX_BYTES = 1024 * 1024;

/**
 * The JSON in a file, or in stdin if the path is `-`. Messages name the place of an error and never quote the content, which
 * may be personal data. @throws UnreadableRequestError
 */
export async function readRequestFile(path: string): Promise<unknown> {
  const name = path === '-' ? 'stdin' : path;
  const text = decodeUtf8(await readContent(path), name);
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableRequestError(`${name} is not JSON: ${describeSyntaxError(text)}`);
  }
}

async function readContent(path: string): Promise<Buffer> {
  const name = path === '-' ? 'stdin' : path;
  const stream: AsyncIterable<Buffer> = path === '-' ? process.stdin : createReadStream(path);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new UnreadableRequestError(describeReadError(error, path));
  }
  if (bytes > MAX_BYTES) throw new UnreadableRequestError(`${name} is larger than a request can be (1 MB).`);
  return Buffer.concat(chunks);
}

function describeReadError(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT') return `There is no file ${resolve(path)}.`;
  return code === 'EISDIR'
    ? `${resolve(path)} is a folder, not a file.`
    : `${resolve(path)} cannot be read (${code}).`;
}

function decodeUtf8(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableRequestError(`${name} is not UTF-8 text, so it cannot be JSON.`);
  }
}

/** Where a text stops being JSON. The parser's message may quote the text, so only place and kind are used. */
function describeSyntaxError(text: string): string {
  if (text.trim() === '') return 'it is empty.';
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true });
  const [error] = errors;
  if (error === undefined) return 'it cannot be read.';
  const before = text.slice(0, error.offset).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  return `line ${before.length}, column ${column}: ${splitPascalCase(printParseErrorCode(error.error))}.`;
}

/** `PropertyNameExpected` as "property name expected". */
function splitPascalCase(code: string): string {
  return code.replace(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
