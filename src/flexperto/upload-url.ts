import { z } from 'zod';
import { parseAnswer } from './parse-answer.js';

/** The page: "It is valid for 1 hour." */
const DEFAULT_VALIDITY_MS = 60 * 60_000;

/** A bearer secret and the moment it expires, in milliseconds since 1970. */
export interface UploadUrl {
  readonly url: string;
  readonly expiresAt: number;
}

const claims = z.looseObject({ exp: z.number().positive() });

/** The expiry in the URL's token (`exp` of the JWT); without one, an hour from receipt. The signature is not ours to check. */
export function expiryOf(url: string, receivedAt: number): number {
  const tokens = [...new URL(url).searchParams.values()];
  for (const token of tokens) {
    const payload = token.split('.')[1];
    if (payload === undefined) continue;
    const read = claims.safeParse(parseAnswer(Buffer.from(payload, 'base64url').toString('utf8')));
    if (read.success) return read.data.exp * 1000;
  }
  return receivedAt + DEFAULT_VALIDITY_MS;
}
