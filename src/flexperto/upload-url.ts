import { z } from 'zod';
import { AnswerNotUnderstoodError } from './errors.js';
import { parseLenientJson } from './responses.js';

/** The vendor's page: "It is valid for 1 hour." */
const DEFAULT_VALIDITY_MS = 60 * 60_000;

/** A bearer secret, and its expiry in milliseconds since 1970. */
export interface UploadUrl {
  readonly url: string;
  readonly expiresAt: number;
}

/** The end of the year 9999: a larger value, such as milliseconds, is not an `exp` in the sense of RFC 7519. */
const MAX_EXP_SECONDS = 253_402_300_799;

const claimsSchema = z.looseObject({ exp: z.number().positive().max(MAX_EXP_SECONDS) });

/** The expiry in the URL's token (`exp` of the JWT), or an hour from receipt. It cannot verify the token's signature. */
export function readExpiry(url: string, receivedAt: number): number {
  const tokens = [...new URL(url).searchParams.values()];
  for (const token of tokens) {
    const payload = token.split('.')[1];
    if (payload === undefined) continue;
    const result = claimsSchema.safeParse(
      parseLenientJson(Buffer.from(payload, 'base64url').toString('utf8')),
    );
    if (result.success) return result.data.exp * 1000;
  }
  return receivedAt + DEFAULT_VALIDITY_MS;
}

/**
 * An upload URL carries a bearer token, so it must be https, unless the base URL is http.
 * @throws AnswerNotUnderstoodError
 */
export function assertHttps(url: string, baseUrl: string): void {
  const allowed = baseUrl.startsWith('http:') ? ['https:', 'http:'] : ['https:'];
  if (!URL.canParse(url) || !allowed.includes(new URL(url).protocol)) {
    throw new AnswerNotUnderstoodError('request upload URL', 'the url is no https address');
  }
}
