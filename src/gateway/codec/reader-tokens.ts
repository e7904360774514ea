import type { Claim } from '../../config.js';
import { identifier } from '../../domain/text-rules.js';
import type { Identify } from '../caller.js';
import { employeeOf, type ReadToken } from '../json-web-tokens.js';
import { refusal } from '../problem.js';

/**
 * Knows those who may read what is encrypted by a token with this claim; anybody else's is refused with 403. Its owner is
 * named by the employee's account id, or else by the token's subject: a token without both opens nothing.
 */
export function createReaderTokens(read: ReadToken, { name, value }: Claim, employeeClaim: string): Identify {
  return async (token) => {
    const claims = await read(token);
    if (claims === undefined) return undefined;
    if (![claims[name]].flat().includes(value))
      throw refusal('forbidden', 'The owner of this token may not read what is encrypted.');
    const owner = employeeOf(claims, employeeClaim) ?? claims.sub ?? '';
    return SUBJECT.test(owner) ? { identity: `codec/jwt/${owner}` } : undefined;
  };
}

/** Source: OpenID Connect Core 1.0, section 2. */
const SUBJECT = identifier(255);
