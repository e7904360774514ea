/** A program that reads tokens as the gateway does, at the time that it is told: `jose` cannot be loaded into a test. */
import type { TokenIssuer } from '../../src/config.js';
import { createTokenReader } from '../../src/gateway/json-web-tokens.js';

/** A token, and the milliseconds since 1970. */
export interface TokenToRead {
  readonly token: string;
  readonly now: number;
}

/** What has become of it: whose it is, or that it is nobody's, or that nobody can say. */
export type TokenRead = { readonly employeeId?: unknown } | { readonly error: string };

const read = createTokenReader(JSON.parse(process.argv[2] ?? '') as TokenIssuer);

process.on('message', ({ token, now }: TokenToRead) => {
  Date.now = () => now;
  read(token).then(
    (claims) => process.send?.({ employeeId: claims?.['employeeId'] } satisfies TokenRead),
    (error: unknown) => process.send?.({ error: String(error) } satisfies TokenRead),
  );
});
