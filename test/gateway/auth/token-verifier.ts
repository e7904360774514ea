/** Verifies tokens as the gateway does, at a given time, in a separate process: jest cannot load `jose`. */
import { createTokenVerifier } from '../../../src/gateway/auth/json-web-tokens.js';
import type { TokenIssuer } from '../../../src/shared/config/index.js';

/** A token, and the milliseconds since 1970. */
export interface VerificationRequest {
  readonly token: string;
  readonly now: number;
}

/** The result: valid, not valid, or unknown. */
export type VerificationResult = { readonly employeeId?: unknown } | { readonly error: string };

const verify = createTokenVerifier(JSON.parse(process.argv[2] ?? '') as TokenIssuer);

process.on('message', ({ token, now }: VerificationRequest) => {
  Date.now = () => now;
  verify(token).then(
    (claims) => process.send?.({ employeeId: claims?.['employeeId'] } satisfies VerificationResult),
    (error: unknown) => process.send?.({ error: String(error) } satisfies VerificationResult),
  );
});
