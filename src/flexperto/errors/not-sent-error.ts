import { FlexpertoError, type Call } from './flexperto-error.js';

/**
 * The request surely did not reach the vendor: no address, no connection, no agreed encryption. Repeating it is safe.
 * It does not mean that the vendor is down; the fault can be this machine's network.
 */
export class NotSentError extends FlexpertoError {
  override readonly name = 'NotSentError';

  constructor(call: Call, code: string) {
    super(call, `${call}: the request was not sent, no connection to flexperto (${code})`);
  }
}
