import { createHash } from 'node:crypto';
import { InvalidRequestError } from './errors.js';

const MARK_BYTES = 8;

/**
 * Temporal's token of the next page as a cursor for the same query; null after the last page. It bears a mark by which
 * it is known again: servers were seen to answer a token that is none as if they were out of order.
 */
export function cursorOf(query: string, token: Uint8Array): string | null {
  return token.length === 0 ? null : Buffer.concat([markOf(query, token), token]).toString('base64url');
}

/** @throws InvalidRequestError where it is not a cursor of this query */
export function tokenOf(query: string, cursor: string): Uint8Array {
  const bytes = Buffer.from(cursor, 'base64url');
  const token = bytes.subarray(MARK_BYTES);
  if (token.length > 0 && markOf(query, token).equals(bytes.subarray(0, MARK_BYTES))) return token;
  const message = 'must be the nextCursor of an earlier page of the same list';
  throw new InvalidRequestError([{ field: 'cursor', message }]);
}

function markOf(query: string, token: Uint8Array): Buffer {
  return createHash('sha256').update(`${query}\0`).update(token).digest().subarray(0, MARK_BYTES);
}
