import type { IncomingMessage } from 'node:http';

const MAX_JSON_BYTES = 1_000_000;

/**
 * The request's body as JSON, whatever its Content-Type: curl on the vendor's page sends another one.
 * Undefined for no body or another format. Rejects when the client disconnects.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_JSON_BYTES) chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** One field of a JSON object; undefined for any other value. */
export function readField(body: unknown, name: string): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
  return (body as Record<string, unknown>)[name];
}

/** One field of a JSON object, where it is non-empty text. */
export function readTextField(body: unknown, name: string): string | undefined {
  const value = readField(body, name);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
