/** A program that reads tokens as the gateway does, at the time that it is told: `jose` cannot be loaded into a test. */
import type { TokenIssuer } from '../../../src/shared/config/index.js';
import { createTokenVerifier } from '../../../src/gateway/auth/json-web-tokens.js';

/** A token, and the milliseconds since 1970. */
export interface VerificationRequest {
  readonly token: string;
  readonly now: number;
}

/** What has become of it: whose it is, or that it is nobody's, or that nobody can say. */
export type VerificationResult = { readonly employeeId?: unknown } | { readonly error: string };

const verify = createTokenVerifier(JSON.parse(process.argv[2] ?? '') as TokenIssuer);

process.on('message', ({ token, now }: VerificationRequest) => {
  Date.now = () => now;
  verify(token).then(
    (claims) => process.send?.({ employeeId: claims?.['employeeId'] } satisfies VerificationResult),
    (error: unknown) => process.send?.({ error: String(error) } satisfies VerificationResult),
  );
});
